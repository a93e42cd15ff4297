//! Owns: a Python program as lines and blocks, its text, and which pieces can be left out of it.
//! Never: knows what a line says.

#[derive(Clone, Debug)]
pub enum Node {
    Line(String),
    /// `if`/`else`, `try`/`except`/`finally`, a function: arms that stand and fall together.
    Block(Vec<Arm>),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub head: String,
    pub body: Vec<Node>,
}

pub fn line(text: impl Into<String>) -> Node {
    Node::Line(text.into())
}

pub fn block(head: impl Into<String>, body: Vec<Node>) -> Node {
    Node::Block(vec![arm(head, body)])
}

pub fn arm(head: impl Into<String>, body: Vec<Node>) -> Arm {
    Arm { head: head.into(), body }
}

pub fn text(nodes: &[Node]) -> String {
    let mut out = String::new();
    write(nodes, 0, &mut out);
    out
}

fn write(nodes: &[Node], depth: usize, out: &mut String) {
    if nodes.is_empty() {
        indent(depth, "pass", out);
    }
    for node in nodes {
        match node {
            Node::Line(text) => indent(depth, text, out),
            Node::Block(arms) => {
                for Arm { head, body } in arms {
                    indent(depth, head, out);
                    write(body, depth + 1, out);
                }
            }
        }
    }
}

fn indent(depth: usize, text: &str, out: &mut String) {
    for _ in 0..depth {
        out.push_str("    ");
    }
    out.push_str(text);
    out.push('\n');
}

/// Every program that is one step smaller: a node gone, or a block replaced by the bodies of its arms.
pub fn smaller(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut found = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let with = |middle: Vec<Node>| {
            let mut all = nodes.get(..index).unwrap_or_default().to_vec();
            all.extend(middle);
            all.extend(nodes.get(index + 1..).unwrap_or_default().iter().cloned());
            all
        };
        found.push(with(Vec::new()));
        if let Node::Block(arms) = node {
            let is_function = arms.first().is_some_and(|arm| arm.head.contains("def "));
            if !is_function {
                found.push(with(arms.iter().take(1).flat_map(|arm| arm.body.clone()).collect()));
            }
            for (at, one) in arms.iter().enumerate() {
                for body in smaller(&one.body) {
                    let mut changed = arms.clone();
                    if let Some(slot) = changed.get_mut(at) {
                        slot.body = body;
                    }
                    found.push(with(vec![Node::Block(changed)]));
                }
                if arms.len() > 2 && at > 0 {
                    let mut changed = arms.clone();
                    changed.remove(at);
                    found.push(with(vec![Node::Block(changed)]));
                }
            }
        }
    }
    found
}

#[must_use]
pub fn lines(nodes: &[Node]) -> usize {
    text(nodes).lines().count()
}
