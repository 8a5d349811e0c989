//! Servers that tests start, and that end with them.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A server that ends when this process does, however that ends: its shell waits for the end of a pipe.
#[derive(Debug)]
pub(crate) struct Server {
    _shell: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts a command, and waits until it listens; `None`, with its last words, where it does not.
    pub(crate) fn start(command: &mut Command, port: u16) -> Result<Self, String> {
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            "\"$@\" </dev/null & server=$!; cat >/dev/null; kill -TERM $server; wait",
            "sh",
        ]);
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // Ctrl-C at the tests ends the server by the pipe, and in order.
            shell.process_group(0);
        }
        let mut child = shell.spawn().map_err(|error| error.to_string())?;
        let errors = child.stderr.take();
        let begun = Instant::now();
        while TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                drop(child.stdin.take());
                let _ = child.wait();
                let mut words = String::new();
                let _ = errors.map(|mut errors| errors.read_to_string(&mut words));
                return Err(words);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // Its words are read, so that it never waits for somebody to do so.
        std::thread::spawn(move || errors.map(|mut errors| std::io::copy(&mut errors, &mut std::io::sink())));
        Ok(Self { _shell: child, port })
    }
}
