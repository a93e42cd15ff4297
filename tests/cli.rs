//! Runs the command as a process, in a folder of its own: what it says, how it ends, what it leaves behind.
//! Never: judges what compiled programs do.

mod command {
    pub mod bed;
    mod builds;
    mod input;
    mod messages;
    mod names;
    mod report;
    mod settings;
}
