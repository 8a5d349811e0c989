//! Who asks PostgreSQL: `PGUSER`, and `PGPASSWORD` or the file of passwords, as `psql` has them.

use std::fs;
use std::mem;
use std::path::Path;

use secrecy::SecretString;

use super::RemoteError;
use super::environment::StoreEnvironment;
use crate::fields::types::{Authority, PostgresAddress};

/// A user, and a password where there is one.
pub(super) struct PostgresLogin {
    pub(super) user: String,
    pub(super) password: Option<SecretString>,
}

impl PostgresLogin {
    pub(super) fn find(address: &PostgresAddress, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let store = address.to_string();
        let user = environment.get("PGUSER").ok_or_else(|| RemoteError::NoCredentials {
            store: store.clone(),
            what: "PGUSER is not set; set it, and PGPASSWORD (or a line for this host in ~/.pgpass) where the server asks for \
                   a password"
                .to_owned(),
        })?;
        let authority = address.authority();
        // A password belongs to the host that the environment names beside it.
        let named = environment.get("PGHOST").map(|host| {
            let port = environment.get("PGPORT").and_then(|port| port.parse().ok());
            authority.beside(&host, port)
        });
        let known: Vec<&Authority> = named.iter().collect();
        if let Some(password) = environment.secret("PGPASSWORD") {
            environment.allow(&store, &authority, &known)?;
            return Ok(Self {
                user,
                password: Some(password),
            });
        }
        let file = environment.file("PGPASSFILE", ".pgpass");
        let found = file
            .and_then(|file| read_passwords(&file))
            .and_then(|text| find(&text, address, &user));
        if let Some(found) = found {
            // A line for every host names none.
            if !found.names_host {
                environment.allow(&store, &authority, &known)?;
            }
            return Ok(Self {
                user,
                password: Some(found.password),
            });
        }
        Ok(Self { user, password: None })
    }
}

/// The file of passwords, unless others can read it: `psql` does not use it then, either.
fn read_passwords(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 != 0 {
            return None;
        }
    }
    if !metadata.is_file() || metadata.len() > 1 << 20 {
        return None;
    }
    fs::read_to_string(path).ok()
}

struct FoundPassword {
    password: SecretString,
    /// Whether its line names the host, not just any.
    names_host: bool,
}

/// The password of the first line that fits: `host:port:database:user:password`, with `*` for any, and `\` before a `:` or
/// `\` that is meant.
fn find(text: &str, address: &PostgresAddress, user: &str) -> Option<FoundPassword> {
    let port = address.port.to_string();
    let wanted = [address.host.as_str(), &port, &address.database, user];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields = fields(line);
        let [host, .., password] = fields.as_slice() else {
            continue;
        };
        let fits = |(field, wanted): (&String, &&str)| field == "*" || field == *wanted;
        if fields.len() == 5 && fields.iter().zip(&wanted).all(fits) && !password.is_empty() {
            return Some(FoundPassword {
                password: SecretString::from(password.clone()),
                names_host: host != "*",
            });
        }
    }
    None
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            ':' => fields.push(mem::take(&mut field)),
            '\\' => field.extend(rest.next()),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}
