//! Stands in for `frame` until it compiles as a whole.
pub mod object {
    use crate::error::traceback::Site;
    use crate::value::{NONE, Value};
    pub fn for_site(_site: &'static Site) -> Value {
        NONE
    }
}
