//! Owns: `match` and its patterns, with CPython's checks of them.
//! Never: decides how a pattern is tested.

use std::collections::BTreeSet;

use super::Builder;
use super::target::{DEBUG, NO_DEBUG};
use crate::hir::*;
use crate::parse::{Ranged, ast};

impl Builder<'_> {
    pub(super) fn match_(&mut self, s: &ast::StmtMatch) -> StmtKind {
        let subject = self.expr(&s.subject);
        let mut cases = Vec::new();
        let count = s.cases.len();
        for (at, case) in s.cases.iter().enumerate() {
            let mut names = BTreeSet::new();
            self.check_names(&case.pattern, &mut names);
            if case.guard.is_none() && at + 1 < count {
                self.check_irrefutable(&case.pattern);
            }
            let pattern = self.pattern(&case.pattern);
            let guard = self.maybe(case.guard.as_deref());
            let body = self.conditional(&case.body);
            cases.push(Case { pattern, guard, body, span: self.span(case.range) });
        }
        StmtKind::Match { subject, cases }
    }

    fn pattern(&mut self, pattern: &ast::Pattern) -> Pattern {
        use ast::Pattern as P;
        let span = self.span(pattern.range());
        let kind = match pattern {
            P::MatchValue(p) => PatternKind::Value(self.expr(&p.value)),
            P::MatchSingleton(p) => PatternKind::Singleton(match p.value {
                ast::Singleton::None => Singleton::None,
                ast::Singleton::True => Singleton::True,
                ast::Singleton::False => Singleton::False,
            }),
            P::MatchSequence(p) => self.sequence(p),
            P::MatchMapping(p) => {
                self.check_keys(p);
                let mut keys = Vec::new();
                for (key, value) in p.keys.iter().zip(&p.patterns) {
                    let key = self.expr(key);
                    keys.push((key, self.pattern(value)));
                }
                let rest = p.rest.as_ref().map(|name| self.store_name(name.as_str(), p.range));
                PatternKind::Mapping { keys, rest }
            }
            P::MatchClass(p) => {
                self.check_attributes(&p.arguments.keywords);
                let class = self.expr(&p.cls);
                let positional = p.arguments.patterns.iter().map(|inner| self.pattern(inner)).collect();
                let keywords = p.arguments.keywords.iter();
                let keywords = keywords.map(|keyword| (PyName::new(keyword.attr.as_str()), self.pattern(&keyword.pattern))).collect();
                PatternKind::Class { class, positional, keywords }
            }
            // The parser only makes stars inside sequences, where `sequence` takes them.
            P::MatchStar(_) => PatternKind::Wildcard,
            P::MatchAs(p) => match (&p.name, &p.pattern) {
                (None, _) => PatternKind::Wildcard,
                (Some(name), inner) => {
                    let inner = inner.as_ref().map(|inner| Box::new(self.pattern(inner)));
                    PatternKind::Capture { target: self.store_name(name.as_str(), p.range), pattern: inner }
                }
            },
            P::MatchOr(p) => PatternKind::Or(p.patterns.iter().map(|inner| self.pattern(inner)).collect()),
        };
        Pattern { kind, span }
    }

    /// CPython 3.13: compile.c, validate_kwd_attrs.
    fn check_attributes(&mut self, keywords: &[ast::PatternKeyword]) {
        for (at, keyword) in keywords.iter().enumerate() {
            let name = keyword.attr.as_str();
            if name == DEBUG {
                self.error(NO_DEBUG, keyword.pattern.range());
            }
            for other in keywords.iter().skip(at + 1).filter(|other| other.attr.as_str() == name) {
                self.error(format!("attribute name repeated in class pattern: {name}"), other.pattern.range());
            }
        }
    }

    fn sequence(&mut self, p: &ast::PatternMatchSequence) -> PatternKind {
        let mut before = Vec::new();
        let mut star = None;
        let mut after = Vec::new();
        for inner in &p.patterns {
            if let ast::Pattern::MatchStar(found) = inner {
                if star.is_some() {
                    self.error("multiple starred names in sequence pattern", p.range);
                }
                let target = found.name.as_ref().map(|name| self.store_name(name.as_str(), found.range));
                star = Some(StarPattern { target, span: self.span(found.range) });
            } else if star.is_some() {
                after.push(self.pattern(inner));
            } else {
                before.push(self.pattern(inner));
            }
        }
        PatternKind::Sequence { before, star, after }
    }

    fn check_keys(&mut self, p: &ast::PatternMatchMapping) {
        let mut seen: Vec<&str> = Vec::new();
        for key in &p.keys {
            let is_literal = key.is_literal_expr() || key.is_unary_op_expr() || key.is_bin_op_expr();
            let text = self.file.slice(self.span(key.range()));
            if is_literal && seen.contains(&text) {
                self.error(format!("mapping pattern checks duplicate key ({text})"), p.range);
            }
            seen.push(text);
        }
    }

    /// CPython 3.13: compile.c, compiler_pattern_as and compiler_pattern_wildcard.
    fn check_irrefutable(&mut self, pattern: &ast::Pattern) {
        match pattern {
            ast::Pattern::MatchAs(p) if p.pattern.is_none() => {
                let text = match &p.name {
                    Some(name) => format!("name capture '{}' makes remaining patterns unreachable", name.as_str()),
                    None => "wildcard makes remaining patterns unreachable".to_owned(),
                };
                self.error(text, p.range);
            }
            ast::Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.check_irrefutable(inner);
                }
            }
            ast::Pattern::MatchOr(p) => {
                if let Some(last) = p.patterns.last() {
                    self.check_irrefutable(last);
                }
            }
            ast::Pattern::MatchValue(_) | ast::Pattern::MatchSingleton(_) | ast::Pattern::MatchSequence(_) | ast::Pattern::MatchMapping(_)
            | ast::Pattern::MatchClass(_) | ast::Pattern::MatchStar(_) => {}
        }
    }

    fn check_names<'p>(&mut self, pattern: &'p ast::Pattern, names: &mut BTreeSet<&'p str>) {
        use ast::Pattern as P;
        match pattern {
            P::MatchValue(_) | P::MatchSingleton(_) => {}
            P::MatchSequence(p) => p.patterns.iter().for_each(|inner| self.check_names(inner, names)),
            P::MatchMapping(p) => {
                p.patterns.iter().for_each(|inner| self.check_names(inner, names));
                self.capture(p.rest.as_ref(), names);
            }
            P::MatchClass(p) => {
                p.arguments.patterns.iter().for_each(|inner| self.check_names(inner, names));
                p.arguments.keywords.iter().for_each(|keyword| self.check_names(&keyword.pattern, names));
            }
            P::MatchStar(p) => self.capture(p.name.as_ref(), names),
            P::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.check_names(inner, names);
                }
                self.capture(p.name.as_ref(), names);
            }
            P::MatchOr(p) => {
                let mut all: Option<BTreeSet<&str>> = None;
                for (at, inner) in p.patterns.iter().enumerate() {
                    let mut own = BTreeSet::new();
                    self.check_names(inner, &mut own);
                    if at + 1 < p.patterns.len() {
                        self.check_irrefutable(inner);
                    }
                    match &all {
                        Some(first) if *first != own => {
                            self.error("alternative patterns bind different names", p.range);
                            return;
                        }
                        Some(_) => {}
                        None => all = Some(own),
                    }
                }
                names.extend(all.unwrap_or_default());
            }
        }
    }

    fn capture<'p>(&mut self, name: Option<&'p ast::Identifier>, names: &mut BTreeSet<&'p str>) {
        if let Some(name) = name
            && !names.insert(name.as_str())
        {
            self.error(format!("multiple assignments to name '{}' in pattern", name.as_str()), name.range);
        }
    }
}
