//! A service that speaks as S3 does and ignores conditions: `rclone serve s3` answers that it wrote, and overwrites.

use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::kind::StoredState;
use super::moto::find_program;
use super::server::{Server, free_port};

/// The service, with the folder of its one bucket.
struct RcloneServer {
    server: Server,
    _folder: TempDir,
}

/// A state in a bucket of rclone, or `None`, said aloud, where there is none.
pub(crate) fn overwriting_state() -> Option<StoredState> {
    static SERVER: OnceLock<Result<RcloneServer, String>> = OnceLock::new();
    match SERVER.get_or_init(start) {
        Ok(RcloneServer { server, .. }) => Some(StoredState::in_bucket(server.port, "bucket")),
        Err(why) => {
            eprintln!("SKIPPED: rclone cannot be had here (`.ci/stores.sh` puts it into target/rclone): {why}");
            None
        }
    }
}

fn start() -> Result<RcloneServer, String> {
    let program = find_program("rclone", "rclone").ok_or("no rclone is here")?;
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("bucket")).unwrap();
    let port = free_port();
    let mut command = Command::new(program);
    command.args([
        "serve",
        "s3",
        "--config",
        "",
        "--auth-key",
        "AKIDEXAMPLE,hunter2hunter2",
    ]);
    command
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .arg(folder.path());
    let server = Server::start(&mut command, port)?;
    Ok(RcloneServer {
        server,
        _folder: folder,
    })
}
