//! Owns: imports that only a library makes and that nobody provides: which import of the program leads to one.
//! Never: decides whether a module exists, follows an import that a library guards or makes in a function.

use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{ImportGuard, PyName};
use crate::resolve::imports::ImportRequest;
use std::collections::{HashMap, HashSet, VecDeque};

/// One import that is always made when its module is, or one of the program's own.
struct Link {
    importer: PyName,
    by_library: bool,
    request: ImportRequest,
}

#[derive(Default)]
pub struct Chains {
    links: Vec<Link>,
}

impl Chains {
    pub fn add(&mut self, importer: &PyName, by_library: bool, request: &ImportRequest) {
        let counts = match request.guard {
            ImportGuard::Always => true,
            ImportGuard::Function | ImportGuard::Conditional => !by_library,
            ImportGuard::TryImportError | ImportGuard::TypeChecking => false,
        };
        if counts && !request.maybe_attribute {
            self.links.push(Link { importer: importer.clone(), by_library, request: request.clone() });
        }
    }

    /// One warning per module that is missing, at the import of the program that leads there by the shortest way.
    pub fn report(&self, is_missing: impl Fn(&PyName) -> bool) -> Vec<Diagnostic> {
        let mut of_library: HashMap<&PyName, Vec<&Link>> = HashMap::new();
        for link in self.links.iter().filter(|link| link.by_library) {
            of_library.entry(&link.importer).or_default().push(link);
        }
        let mut found = Vec::new();
        let mut told = HashSet::new();
        let mut seen = HashSet::new();
        let own = self.links.iter().filter(|link| !link.by_library);
        let mut open: VecDeque<(&Link, Vec<&PyName>)> = own.map(|link| (link, vec![&link.request.module])).collect();
        while let Some((start, way)) = open.pop_front() {
            let Some(last) = way.last().filter(|last| seen.insert(**last)) else { continue };
            for link in of_library.get(last).into_iter().flatten() {
                let next = &link.request.module;
                if is_missing(next) {
                    if told.insert(next) {
                        found.push(warning(start, &way, next));
                    }
                } else {
                    let mut way = way.clone();
                    way.push(next);
                    open.push_back((start, way));
                }
            }
        }
        found
    }
}

fn warning(start: &Link, way: &[&PyName], missing: &PyName) -> Diagnostic {
    let first = way.first().map_or("", |name| name.as_str());
    let steps: Vec<String> = way.iter().zip(way.iter().skip(1).copied().chain([missing])).map(|(from, to)| format!("{from} imports {to}")).collect();
    let message = format!("importing '{first}' will raise ModuleNotFoundError: {}, which tauraro does not have", steps.join(", "));
    let hint = "do without it, or import it under `try` with `except ImportError`";
    Diagnostic::warning(codes::NO_MODULE, message, start.request.span).with_hint(hint)
}
