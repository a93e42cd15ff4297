//! Owns: the module `_string`: format templates taken apart, for `string.Formatter`.
//! Never: reads templates itself (`rtcore::text::format::template`).
//! Source: CPython 3.13, Objects/stringlib/unicode_format.h (formatteriter, fieldnameiter).

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::iter;
use rtcore::text::format::template::{self, Access, First, Markups};
use rtcore::types::list::List;
use rtcore::types::module::NativeModule;
use rtcore::types::str::{Str, raise_text, value};
use rtcore::types::tuple;
use std::ops::Range;

fn points(v: &Value) -> PyResult<Vec<u32>> {
    match v.as_str_obj() {
        Some(s) => Ok(s.chars().collect()),
        None => Err(type_error(format!("expected str, got {}", v.ty().name()))),
    }
}
fn text(points: &[u32], range: Range<usize>) -> Value {
    value(Str::from_code_points(points.get(range).unwrap_or(&[]).iter().copied()))
}
fn formatter_parser(template: &Value) -> PyResult {
    let points = points(template)?;
    let mut markups = Markups::new(&points);
    let mut out = vec![];
    while let Some(markup) = markups.next().map_err(raise_text)? {
        let literal = text(&points, markup.literal);
        out.push(tuple::new(match markup.field {
            None => vec![literal, NONE, NONE, NONE],
            Some(field) => {
                let conversion = field.conversion.map_or(NONE, |c| value(Str::from_code_point(c)));
                vec![literal, text(&points, field.name), text(&points, field.spec), conversion]
            }
        }));
    }
    iter::iter(&List::value(out))
}
fn formatter_field_name_split(name: &Value) -> PyResult {
    let points = points(name)?;
    let (first, mut at) = template::first(&points, 0..points.len()).map_err(raise_text)?;
    let first = match first {
        First::Name(range) => text(&points, range),
        First::Auto => Value::str(""),
        First::Index(n) => Value::from(n),
    };
    let mut rest = vec![];
    while let Some((access, after)) = template::access(&points, at, points.len()).map_err(raise_text)? {
        let (is_attribute, name) = match access {
            Access::Attribute(range) => (TRUE, text(&points, range)),
            Access::Index(n) => (FALSE, Value::from(n)),
            Access::Key(range) => (FALSE, text(&points, range)),
        };
        rest.push(tuple::new(vec![is_attribute, name]));
        at = after;
    }
    Ok(tuple::new(vec![first, iter::iter(&List::value(rest))?]))
}
static FUNCTIONS: &[Method] = &[
    Method::new("formatter_parser(template, /)", F1(formatter_parser)),
    Method::new("formatter_field_name_split(name, /)", F1(formatter_field_name_split)),
];
fn setup(_: &Value) -> PyResult<()> {
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_string", FUNCTIONS, setup);
