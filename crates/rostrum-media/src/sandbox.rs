//! stub
use std::time::Duration;
/// Why a program in the sandbox gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The program or its sandbox could not be set up.
    #[error("could not start {program}")]
    Start {
        /// File name of the program.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The program ended with an error or was killed by a limit.
    #[error("{program} failed ({status}): {stderr_tail}")]
    Failed {
        /// File name of the program.
        program: String,
        /// Exit status or signal.
        status: std::process::ExitStatus,
        /// The last lines it wrote to its error output.
        stderr_tail: String,
    },
    /// The wall-clock limit passed; the whole process group was killed.
    #[error("{program} was stopped after {limit:?}")]
    TimedOut {
        /// File name of the program.
        program: String,
        /// The limit.
        limit: Duration,
    },
    /// The program wrote more to its output than is allowed; it was killed.
    #[error("{program} wrote more than {limit_bytes} bytes")]
    TooMuchOutput {
        /// File name of the program.
        program: String,
        /// The limit.
        limit_bytes: usize,
    },
}
