use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a register is: `sqlite:PATH` or `postgres://...`. Prints without its password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<tokio_postgres::Config>),
}

/// Why a text says no place of a register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither form.
    #[error("expected sqlite:PATH or postgres://USER@HOST/DATABASE")]
    UnknownForm,
    /// `postgres://`, but not well-formed behind it. The driver's words are left out since they may hold the password.
    #[error("the postgres:// address is not well-formed; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    NotWellFormed,
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(UrlError::UnknownForm) } else { Ok(Self::Sqlite(path.into())) };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return text.parse().map(|config| Self::Postgres(Box::new(config))).map_err(|_| UrlError::NotWellFormed);
        }
        Err(UrlError::UnknownForm)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(config) => write!(f, "postgres database {}", config.get_dbname().unwrap_or("(default)")),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        assert_eq!("sqlite:a/b.db".parse::<DatabaseUrl>().unwrap().to_string(), "sqlite:a/b.db");
        assert_eq!("sqlite:///a/b.db".parse::<DatabaseUrl>().unwrap().to_string(), "sqlite:/a/b.db");
        let url = "postgres://kartotek:secret@db.example/register".parse::<DatabaseUrl>().unwrap();
        assert_eq!(url.to_string(), "postgres database register");
        assert!(!format!("{url:?}").contains("secret"));
    }

    #[test]
    fn other_texts_are_refused_without_being_repeated() {
        for text in ["", "sqlite:", "mysql://x", "register.db"] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap_err(), UrlError::UnknownForm);
        }
        assert!(!"postgres://u:secret@:x".parse::<DatabaseUrl>().unwrap_err().to_string().contains("secret"));
    }
}
