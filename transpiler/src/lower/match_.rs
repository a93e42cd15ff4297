//! Owns: `match`: each case is a block that a failing pattern leaves. Never: other statements.

use super::body::Body;
use super::operand::Operand;
use crate::hir::{Case, ExprId, Pattern, PatternKind, Place, Singleton};
use crate::rir::{Block, Expr, Label, Pat, RustIdent, Stmt};
use crate::source::Span;

/// Names a pattern binds, stored when all of it has matched.
type Captures = Vec<(Place, Expr, Span)>;

impl<'c, 'a> Body<'c, 'a> {
    pub fn match_(&mut self, subject: ExprId, cases: &'a [Case], span: Span) {
        let subject = self.expr(subject);
        let subject = self.stable(subject);
        let done = self.label("match", span);
        let (stmts, ()) = self.nested(|b| {
            for case in cases {
                b.case(&subject, case, &done);
            }
        });
        self.push(Stmt::Expr(Expr::Labelled { label: done, body: Block::of(stmts) }));
    }

    fn case(&mut self, subject: &Operand, case: &'a Case, done: &Label) {
        let Case { pattern, guard, body, span } = case;
        let fail = self.label("case", *span);
        let (stmts, ()) = self.nested(|b| {
            b.line(*span);
            let mut captures = vec![];
            b.pattern(subject, pattern, &fail, &mut captures);
            b.store_captures(captures);
            if let Some(guard) = guard {
                let test = b.cond(*guard);
                b.fail_unless(test, &fail);
            }
            b.block(body);
            b.push(Stmt::Expr(Expr::break_to(done, None)));
        });
        self.push(Stmt::Expr(Expr::Labelled { label: fail, body: Block::of(stmts) }));
    }

    fn store_captures(&mut self, captures: Captures) {
        for (place, value, span) in captures {
            self.store(&place, value, span);
        }
    }

    fn fail_unless(&mut self, test: Expr, fail: &Label) {
        if test == Expr::Bool(true) {
            return;
        }
        let jump = Block::of(vec![Stmt::Expr(Expr::break_to(fail, None))]);
        self.push(Stmt::Expr(Expr::if_(test.not(), jump, None)));
    }

    fn pattern(&mut self, subject: &Operand, pattern: &'a Pattern, fail: &Label, captures: &mut Captures) {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Capture { target, pattern } => {
                if let Some(inner) = pattern {
                    self.pattern(subject, inner, fail, captures);
                }
                captures.push((target.clone(), subject.clone().value(), span));
            }
            PatternKind::Value(value) => {
                let site = self.site(span);
                let value = self.expr(*value);
                let test = self.fallible(Expr::rt("eq", vec![subject.clone().by_ref(), value.by_ref()]), site);
                self.fail_unless(test, fail);
            }
            PatternKind::Singleton(s) => {
                let value = match s {
                    Singleton::None => "NONE",
                    Singleton::True => "TRUE",
                    Singleton::False => "FALSE",
                };
                let test = subject.clone().receiver().method("is", vec![Expr::Rt(value).by_ref()]);
                self.fail_unless(test, fail);
            }
            PatternKind::Sequence { before, star, after } => {
                let site = self.site(span);
                let mut inner = vec![];
                let first: Vec<Pat> = before.iter().map(|p| self.slot(p, &mut inner)).collect();
                let last: Vec<Pat> = after.iter().map(|p| self.slot(p, &mut inner)).collect();
                let (name, pat) = match star {
                    None => ("match_sequence", Pat::Array(first)),
                    Some(star) => {
                        let middle = match &star.target {
                            Some(place) => {
                                let t = self.temp();
                                captures.push((place.clone(), Expr::Local(t.clone()), star.span));
                                Pat::name(&t)
                            }
                            None => Pat::Wild,
                        };
                        ("match_sequence_star", Pat::Tuple(vec![Pat::Array(first), middle, Pat::Array(last)]))
                    }
                };
                let made = Expr::rt(name, vec![subject.clone().by_ref()]);
                self.destructure(pat, made, site, fail);
                self.inner_patterns(inner, fail, captures);
            }
            PatternKind::Mapping { keys, rest } => {
                let site = self.site(span);
                let ids: Vec<ExprId> = keys.iter().map(|(k, _)| *k).collect();
                let values: Vec<Expr> = self.exprs(&ids).into_iter().map(Operand::value).collect();
                let mut inner = vec![];
                let slots: Vec<Pat> = keys.iter().map(|(_, p)| self.slot(p, &mut inner)).collect();
                let (name, pat) = match rest {
                    None => ("match_keys", Pat::Array(slots)),
                    Some(place) => {
                        let t = self.temp();
                        captures.push((place.clone(), Expr::Local(t.clone()), span));
                        ("match_keys_rest", Pat::Tuple(vec![Pat::Array(slots), Pat::name(&t)]))
                    }
                };
                let made = Expr::rt(name, vec![subject.clone().by_ref(), Expr::Array(values).by_ref()]);
                self.destructure(pat, made, site, fail);
                self.inner_patterns(inner, fail, captures);
            }
            PatternKind::Class { class, positional, keywords } => {
                let site = self.site(span);
                let class = self.expr(*class);
                let mut inner = vec![];
                let mut slots: Vec<Pat> = positional.iter().map(|p| self.slot(p, &mut inner)).collect();
                slots.extend(keywords.iter().map(|(_, p)| self.slot(p, &mut inner)).collect::<Vec<_>>());
                let names = Expr::strs(keywords.iter().map(|(n, _)| n.as_str().to_string()));
                let made = Expr::rt("match_class", vec![subject.clone().by_ref(), class.by_ref(), names]);
                self.destructure(Pat::Array(slots), made, site, fail);
                self.inner_patterns(inner, fail, captures);
            }
            PatternKind::Or(alternatives) => self.or_pattern(subject, alternatives, span, fail, captures),
        }
    }

    /// `let Some(pat) = made? else { break 'case };`
    fn destructure(&mut self, pat: Pat, made: Expr, site: crate::rir::SiteName, fail: &Label) {
        let value = self.fallible(made, site);
        let jump = Block::of(vec![Stmt::Expr(Expr::break_to(fail, None))]);
        self.push(Stmt::let_else(Pat::some(pat), value, jump));
    }

    fn slot(&mut self, pattern: &'a Pattern, inner: &mut Vec<(RustIdent, &'a Pattern)>) -> Pat {
        if matches!(pattern.kind, PatternKind::Wildcard) {
            return Pat::Wild;
        }
        let t = self.temp();
        inner.push((t.clone(), pattern));
        Pat::name(&t)
    }

    fn inner_patterns(&mut self, inner: Vec<(RustIdent, &'a Pattern)>, fail: &Label, captures: &mut Captures) {
        for (name, pattern) in inner {
            self.pattern(&Operand::Place(Expr::Local(name)), pattern, fail, captures);
        }
    }

    /// The alternatives in turn; what each captures lands in the same temporaries.
    fn or_pattern(&mut self, subject: &Operand, alternatives: &'a [Pattern], span: Span, fail: &Label, captures: &mut Captures) {
        let matched = self.label("or", span);
        let mut places: Vec<(Place, RustIdent, Span)> = vec![];
        let (stmts, ()) = self.nested(|b| {
            for alternative in alternatives {
                let next = b.label("alternative", alternative.span);
                let (tried, ()) = b.nested(|b| {
                    let mut found = vec![];
                    b.pattern(subject, alternative, &next, &mut found);
                    for (place, value, span) in found {
                        let t = match places.iter().find(|(p, _, _)| *p == place) {
                            Some((_, t, _)) => t.clone(),
                            None => {
                                let t = b.temp();
                                places.push((place, t.clone(), span));
                                t
                            }
                        };
                        b.push(Stmt::assign(&t, value));
                    }
                    b.push(Stmt::Expr(Expr::break_to(&matched, None)));
                });
                b.push(Stmt::Expr(Expr::Labelled { label: next, body: Block::of(tried) }));
            }
            b.push(Stmt::Expr(Expr::break_to(fail, None)));
        });
        for (_, t, _) in &places {
            self.push(Stmt::Let { pat: Pat::name(t), ty: None, value: None, orelse: None });
        }
        self.push(Stmt::Expr(Expr::Labelled { label: matched, body: Block::of(stmts) }));
        for (place, t, span) in places {
            captures.push((place, Expr::Local(t), span));
        }
    }
}
