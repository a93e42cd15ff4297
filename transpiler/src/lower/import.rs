//! Owns: `import` and `from … import`. Never: finds modules.

use super::body::Body;
use crate::hir::{Import, ImportFrom, ImportName, ImportNames};
use crate::rir::{Expr, Stmt};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn import(&mut self, import: &'a Import, span: Span) {
        let Import { module, has_alias, target, guard: _, alias_span: _ } = import;
        let site = self.site(span);
        let name = if *has_alias { "import_as" } else { "import" };
        let made = self.fallible(Expr::rt(name, vec![Expr::path(&["MODULE"]).by_ref(), Expr::str(module.as_str())]), site);
        self.store(target, made, span);
    }

    pub fn import_from(&mut self, import: &'a ImportFrom, span: Span) {
        let ImportFrom { level, module, absolute, names, guard: _ } = import;
        let site = self.site(span);
        let here = Expr::path(&["MODULE"]).by_ref();
        let _ = (level, module);
        let made = match absolute {
            Some(name) => Expr::rt("import_from", vec![here, Expr::str(name.as_str())]),
            None => Expr::rt("import_beyond", vec![here]),
        };
        match names {
            ImportNames::Star => {
                let value = self.fallible(made, site.clone());
                let star = Expr::rt("import_star", vec![Expr::path(&["MODULE"]).by_ref(), value.by_ref()]);
                self.fallible_stmt(star, site);
            }
            ImportNames::Names(list) => {
                let value = self.fallible(made, site.clone());
                let t = self.temp();
                self.push(Stmt::let_(&t, value));
                for ImportName { name, target, span: _ } in list {
                    let got = Expr::rt("import_name", vec![Expr::local(&t).by_ref(), Expr::str(name.as_str())]);
                    let got = self.fallible(got, site.clone());
                    self.store(target, got, span);
                }
            }
        }
    }
}
