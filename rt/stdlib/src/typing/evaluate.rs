//! Owns: the value of an annotation written as text: names, attributes, subscripts, calls, `|`, literals.
//! Never: evaluates statements or any other operator; a compiled program has no `eval`.

use rtcore::error::{name_error, raise};
use rtcore::methods::*;
use rtcore::protocol::attr::getattr_name;
use rtcore::protocol::call::call_kw;
use rtcore::protocol::number::or_;
use rtcore::protocol::sequence::getitem;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::Module;
use rtcore::types::{none, tuple};

/// Where names are looked up, first to last, before the builtins: modules or mappings.
pub type Scopes = [Value];

struct Parser<'a> {
    text: &'a str,
    s: Vec<char>,
    i: usize,
    scopes: &'a Scopes,
}
/// The value of the text.
pub fn evaluate(text: &str, scopes: &Scopes) -> PyResult {
    let mut p = Parser { text, s: text.chars().collect(), i: 0, scopes };
    let v = p.tuple_or_one()?;
    p.space();
    if p.i < p.s.len() {
        return Err(p.bad());
    }
    Ok(v)
}
fn find(name: Name, scopes: &Scopes) -> PyResult<Option<Value>> {
    for s in scopes {
        if let Some(m) = s.downcast::<Module>() {
            if let Some(v) = m.get(name) {
                return Ok(Some(v));
            }
        } else if let Some(t) = s.as_type() {
            if let Some(v) = t.own(name) {
                return Ok(Some(v));
            }
        } else if let Some(d) = s.downcast::<Dict>() {
            if let Some(v) = d.get(&name.value())? {
                return Ok(Some(v));
            }
        } else if s.is_obj() {
            match getitem(s, &name.value()) {
                Ok(v) => return Ok(Some(v)),
                Err(r) if rtcore::error::matches(&r, &rtcore::error::hierarchy::KEY_ERROR) => drop(rtcore::error::take(r)),
                Err(r) => return Err(r),
            }
        }
    }
    Ok(rtcore::builtins::lookup(name))
}
impl Parser<'_> {
    fn bad(&self) -> Raised {
        raise(&rtcore::error::hierarchy::SYNTAX_ERROR, format!("Forward reference must be an expression -- got '{}'", self.text))
    }
    fn space(&mut self) {
        while self.s.get(self.i).is_some_and(|c| c.is_whitespace()) {
            self.i += 1;
        }
    }
    fn peek(&mut self) -> char {
        self.space();
        self.s.get(self.i).copied().unwrap_or('\0')
    }
    fn eat(&mut self, c: char) -> bool {
        let yes = self.peek() == c;
        if yes {
            self.i += 1;
        }
        yes
    }
    fn expect(&mut self, c: char) -> PyResult<()> {
        if self.eat(c) { Ok(()) } else { Err(self.bad()) }
    }
    /// Expressions separated by commas: a tuple when there is a comma.
    fn tuple_or_one(&mut self) -> PyResult {
        let first = self.starred()?;
        if self.peek() != ',' {
            return Ok(first.0);
        }
        let mut items = first.1;
        while self.eat(',') {
            if matches!(self.peek(), ')' | ']' | '\0') {
                break;
            }
            items.extend(self.starred()?.1);
        }
        Ok(tuple::new(items))
    }
    /// An expression, and what it adds to a tuple (`*x` adds its items).
    fn starred(&mut self) -> PyResult<(Value, Vec<Value>)> {
        if self.eat('*') {
            let v = self.or_expr()?;
            let items = rtcore::protocol::iter::collect(&v)?;
            return Ok((items.first().cloned().unwrap_or(NONE), items));
        }
        let v = self.or_expr()?;
        Ok((v.clone(), vec![v]))
    }
    fn or_expr(&mut self) -> PyResult {
        let mut v = self.unary()?;
        while self.eat('|') {
            let w = self.unary()?;
            v = or_(&v, &w)?;
        }
        Ok(v)
    }
    fn unary(&mut self) -> PyResult {
        if self.eat('-') {
            let v = self.unary()?;
            return rtcore::protocol::number::neg(&v);
        }
        self.postfix()
    }
    fn postfix(&mut self) -> PyResult {
        let mut v = self.atom()?;
        loop {
            match self.peek() {
                '.' => {
                    self.i += 1;
                    self.space();
                    let n = self.word();
                    if n.is_empty() {
                        return Err(self.bad());
                    }
                    v = getattr_name(&v, Name::new(&n))?;
                }
                '[' => {
                    self.i += 1;
                    let item = self.tuple_or_one()?;
                    self.expect(']')?;
                    v = getitem(&v, &item)?;
                }
                '(' => {
                    self.i += 1;
                    v = self.call(&v)?;
                }
                _ => return Ok(v),
            }
        }
    }
    fn call(&mut self, f: &Value) -> PyResult {
        let (mut values, mut named) = (vec![], vec![]);
        while self.peek() != ')' {
            let start = self.i;
            let word = self.word();
            if !word.is_empty() && self.peek() == '=' && self.s.get(self.i + 1) != Some(&'=') {
                self.i += 1;
                named.push((Name::new(&word), self.or_expr()?));
            } else {
                self.i = start;
                values.extend(self.starred()?.1);
            }
            if !self.eat(',') {
                break;
            }
        }
        self.expect(')')?;
        let keys: Vec<Name> = named.iter().map(|n| n.0).collect();
        values.extend(named.into_iter().map(|n| n.1));
        call_kw(f, &values, &keys)
    }
    fn word(&mut self) -> String {
        let start = self.i;
        while self.s.get(self.i).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            self.i += 1;
        }
        self.s[start..self.i].iter().collect()
    }
    fn atom(&mut self) -> PyResult {
        match self.peek() {
            '(' => {
                self.i += 1;
                if self.eat(')') {
                    return Ok(tuple::empty());
                }
                let v = self.tuple_or_one()?;
                self.expect(')')?;
                Ok(v)
            }
            '[' => {
                self.i += 1;
                let mut items = vec![];
                while self.peek() != ']' {
                    items.extend(self.starred()?.1);
                    if !self.eat(',') {
                        break;
                    }
                }
                self.expect(']')?;
                Ok(List::value(items))
            }
            '.' if self.s[self.i..].starts_with(&['.', '.', '.']) => {
                self.i += 3;
                Ok(none::ellipsis())
            }
            q @ ('\'' | '"') => self.string(q),
            c if c.is_ascii_digit() => self.number(),
            c if c.is_alphabetic() || c == '_' => {
                let w = self.word();
                match w.as_str() {
                    "None" => return Ok(NONE),
                    "True" => return Ok(TRUE),
                    "False" => return Ok(FALSE),
                    _ => {}
                }
                match find(Name::new(&w), self.scopes)? {
                    Some(v) => Ok(v),
                    None => Err(name_error(format!("name '{w}' is not defined"))),
                }
            }
            _ => Err(self.bad()),
        }
    }
    fn string(&mut self, quote: char) -> PyResult {
        self.i += 1;
        let mut out = String::new();
        loop {
            let Some(c) = self.s.get(self.i).copied() else { return Err(self.bad()) };
            self.i += 1;
            match c {
                c if c == quote => return Ok(Value::string(out)),
                '\\' => {
                    let Some(e) = self.s.get(self.i).copied() else { return Err(self.bad()) };
                    self.i += 1;
                    out.push(match e {
                        'n' => '\n',
                        't' => '\t',
                        e => e,
                    });
                }
                c => out.push(c),
            }
        }
    }
    fn number(&mut self) -> PyResult {
        let start = self.i;
        while self.s.get(self.i).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '_') {
            self.i += 1;
        }
        let text: String = self.s[start..self.i].iter().filter(|c| **c != '_').collect();
        match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(n), _) => Ok(Value::int(n)),
            (Err(_), Ok(f)) => Ok(Value::float(f)),
            (Err(_), Err(_)) => Err(self.bad()),
        }
    }
}
