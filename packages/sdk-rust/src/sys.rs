//! What the standard library has no safe word for. All unsafe code of the crate is here.
#![allow(unsafe_code)]

pub(crate) use platform::{file_options, refusal, Input};

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

/// How long to wait for a reader of stderr that is behind, all in all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes to stderr and returns when it is out: the process may be about to end. Gives up silently
/// when nobody listens.
pub(crate) fn write_stderr(text: &str) {
    write_all(
        &mut io::stderr(),
        text.as_bytes(),
        Some(Instant::now() + PATIENCE),
    );
}

/// Writes everything, also to a pipe that is full and does not block. A reader that is gone is
/// nobody's fault.
fn write_all<T: Write + platform::Descriptor>(
    to: &mut T,
    mut bytes: &[u8],
    until: Option<Instant>,
) {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return,
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error)
                if error.kind() == ErrorKind::WouldBlock
                    && platform::wait_for_room(to, until).is_ok() => {}
            Err(_) => return,
        }
    }
}

/// Standard output, taken away from everybody: whatever is printed goes to stderr, also what child
/// processes print, because what reads stdout takes every line of it for a reply. Given back when
/// it is dropped.
pub(crate) struct ReservedStdout {
    real: Option<File>,
}

impl ReservedStdout {
    /// Takes it, after what was printed so far is out.
    pub(crate) fn take() -> io::Result<Self> {
        // Whether somebody still reads it is not for us to say.
        let _ = io::stdout().flush();
        let real = platform::duplicate_stdout()?;
        platform::stdout_to_stderr()?;
        Ok(Self { real: Some(real) })
    }

    /// Writes to the real one; returns when it is out.
    pub(crate) fn write(&mut self, text: &str) {
        if let Some(real) = &mut self.real {
            write_all(real, text.as_bytes(), None);
        }
    }

    /// Never gives it back.
    pub(crate) fn keep(mut self) {
        self.real = None;
    }
}

impl Drop for ReservedStdout {
    fn drop(&mut self) {
        // What the hook has printed without a line break.
        let _ = io::stdout().flush();
        if let Some(real) = self.real.take() {
            platform::stdout_to(real);
        }
    }
}

#[cfg(unix)]
mod platform {
    use std::fs::{File, OpenOptions};
    use std::io::{self, ErrorKind, Read};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::time::Instant;

    use super::Refusal;

    /// What can be waited for.
    pub(super) use std::os::fd::AsFd as Descriptor;

    /// Standard input. Whoever else has it may have made it non-blocking.
    pub(crate) struct Input(File);

    impl Input {
        pub(crate) fn open() -> io::Result<Self> {
            Ok(Self(File::from(io::stdin().as_fd().try_clone_to_owned()?)))
        }

        /// Reads what is there next. `TimedOut` when nothing has come until then.
        pub(crate) fn read(
            &mut self,
            buffer: &mut [u8],
            until: Option<Instant>,
        ) -> io::Result<usize> {
            loop {
                wait(&self.0, libc::POLLIN, until)?;
                match self.0.read(buffer) {
                    Err(error)
                        if matches!(
                            error.kind(),
                            ErrorKind::WouldBlock | ErrorKind::Interrupted
                        ) => {}
                    result => return result,
                }
            }
        }
    }

    /// Returns when a file that does not block takes more.
    pub(super) fn wait_for_room(file: &impl Descriptor, until: Option<Instant>) -> io::Result<()> {
        wait(file, libc::POLLOUT, until)
    }

    /// Returns when there is something to read or to write, or nothing to wait for: what comes next
    /// says why.
    fn wait(
        file: &impl Descriptor,
        events: libc::c_short,
        until: Option<Instant>,
    ) -> io::Result<()> {
        loop {
            let mut asked = libc::pollfd {
                fd: file.as_fd().as_raw_fd(),
                events,
                revents: 0,
            };
            // SAFETY: it is one descriptor, and `asked` is that one.
            let answer = unsafe { libc::poll(&mut asked, 1, milliseconds(until)) };
            if answer > 0 {
                return Ok(());
            }
            if answer < 0 && io::Error::last_os_error().kind() != ErrorKind::Interrupted {
                return Ok(());
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }

    /// From now on, rounded up; -1 is for ever.
    fn milliseconds(until: Option<Instant>) -> libc::c_int {
        let Some(until) = until else { return -1 };
        let left = until.saturating_duration_since(Instant::now()).as_micros();
        ((left + 999) / 1000).try_into().unwrap_or(libc::c_int::MAX)
    }

    pub(super) fn duplicate_stdout() -> io::Result<File> {
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }

    pub(super) fn stdout_to_stderr() -> io::Result<()> {
        redirect(libc::STDERR_FILENO)
    }

    pub(super) fn stdout_to(real: File) {
        // It was a descriptor before, and there is nobody to tell.
        let _ = redirect(real.as_raw_fd());
    }

    fn redirect(to: libc::c_int) -> io::Result<()> {
        // SAFETY: both are open descriptors, and nothing owns the number of stdout.
        match unsafe { libc::dup2(to, libc::STDOUT_FILENO) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    /// Never follow a link, never wait for the other end of a pipe, never become a terminal's
    /// process.
    pub(crate) fn file_options() -> OpenOptions {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
        options
    }

    /// Why a payload file was not opened: what is at its path instead of a regular file, or that
    /// nothing is.
    pub(crate) fn refusal(error: &io::Error) -> Option<Refusal> {
        match error.raw_os_error()? {
            libc::ENOENT => Some(Refusal::Missing("it does not exist")),
            libc::ENOTDIR => Some(Refusal::Missing("a part of its path is not a folder")),
            libc::ELOOP => Some(Refusal::NotRegular("it is a link")),
            libc::ENXIO => Some(Refusal::NotRegular("it is a socket or a device")),
            _ => None,
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::ffi::c_void;
    use std::fs::{File, OpenOptions};
    use std::io::{self, ErrorKind, Read};
    use std::os::windows::fs::OpenOptionsExt;
    use std::os::windows::io::IntoRawHandle;
    use std::sync::mpsc::{sync_channel, Receiver, RecvTimeoutError};
    use std::thread;
    use std::time::Instant;

    use super::Refusal;

    /// What can be waited for.
    pub(super) use std::os::windows::io::AsHandle as Descriptor;

    const STD_OUTPUT_HANDLE: u32 = -11i32 as u32;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

    extern "system" {
        fn SetStdHandle(which: u32, handle: *mut c_void) -> i32;
    }

    /// Standard input. Only a thread of its own can wait for it and for a clock.
    pub(crate) struct Input {
        pieces: Receiver<io::Result<Vec<u8>>>,
        piece: Vec<u8>,
    }

    impl Input {
        pub(crate) fn open() -> io::Result<Self> {
            let mut stdin = File::from(io::stdin().as_handle().try_clone_to_owned()?);
            let (send, pieces) = sync_channel(1);
            thread::spawn(move || loop {
                let mut piece = vec![0; 65_536];
                let read = stdin.read(&mut piece).map(|length| {
                    piece.truncate(length);
                    piece
                });
                let last = !matches!(&read, Ok(piece) if !piece.is_empty());
                if send.send(read).is_err() || last {
                    return;
                }
            });
            Ok(Self {
                pieces,
                piece: Vec::new(),
            })
        }

        /// Reads what is there next. `TimedOut` when nothing has come until then.
        pub(crate) fn read(
            &mut self,
            buffer: &mut [u8],
            until: Option<Instant>,
        ) -> io::Result<usize> {
            if self.piece.is_empty() {
                self.piece = self.next_piece(until)?;
            }
            let length = buffer.len().min(self.piece.len());
            buffer[..length].copy_from_slice(&self.piece[..length]);
            self.piece.drain(..length);
            Ok(length)
        }

        fn next_piece(&mut self, until: Option<Instant>) -> io::Result<Vec<u8>> {
            let received = match until {
                None => self
                    .pieces
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
                Some(until) => self
                    .pieces
                    .recv_timeout(until.saturating_duration_since(Instant::now())),
            };
            match received {
                Ok(piece) => piece,
                Err(RecvTimeoutError::Timeout) => Err(ErrorKind::TimedOut.into()),
                Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
            }
        }
    }

    /// No file of Windows is full and does not block.
    pub(super) fn wait_for_room(_: &impl Descriptor, _: Option<Instant>) -> io::Result<()> {
        Err(ErrorKind::WouldBlock.into())
    }

    pub(super) fn duplicate_stdout() -> io::Result<File> {
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }

    pub(super) fn stdout_to_stderr() -> io::Result<()> {
        redirect(File::from(io::stderr().as_handle().try_clone_to_owned()?))
    }

    pub(super) fn stdout_to(real: File) {
        // It was a handle before, and there is nobody to tell.
        let _ = redirect(real);
    }

    fn redirect(to: File) -> io::Result<()> {
        // SAFETY: the handle is open and, being given away here, is never closed.
        match unsafe { SetStdHandle(STD_OUTPUT_HANDLE, to.into_raw_handle()) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    /// Opens a link itself and not what it leads to.
    pub(crate) fn file_options() -> OpenOptions {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
        options
    }

    /// Why a payload file was not opened: what is at its path instead of a regular file, or that
    /// nothing is.
    pub(crate) fn refusal(error: &io::Error) -> Option<Refusal> {
        match error.kind() {
            ErrorKind::NotFound => Some(Refusal::Missing("it does not exist")),
            _ => None,
        }
    }
}

/// Why a payload file was not opened, in words.
#[cfg_attr(windows, allow(dead_code))]
pub(crate) enum Refusal {
    /// There is no such file.
    Missing(&'static str),
    /// There is something else.
    NotRegular(&'static str),
}
