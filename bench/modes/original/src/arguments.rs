//! The command and its `--name value` pairs.
use std::collections::HashMap;
use std::error::Error;
use std::str::FromStr;

/// What was written on the command line.
pub struct Arguments {
    command: String,
    values: HashMap<String, String>,
}

impl Arguments {
    /// Reads the process's own arguments.
    pub fn from_environment() -> Self {
        let mut words = std::env::args().skip(1);
        let command = words.next().unwrap_or_default();
        let mut values = HashMap::new();
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            values.insert(name.trim_start_matches("--").to_owned(), value);
        }
        Self { command, values }
    }

    /// The first word.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// A value that has to be there.
    pub fn text(&self, name: &str) -> Result<&str, Box<dyn Error>> {
        let value = self.values.get(name).map(String::as_str);
        value.ok_or_else(|| format!("Cannot run {}: --{name} is missing.", self.command).into())
    }

    /// A number that has to be there.
    pub fn number<T: FromStr<Err: Error + 'static>>(&self, name: &str) -> Result<T, Box<dyn Error>> {
        Ok(self.text(name)?.parse()?)
    }

    /// A number, or what stands for it.
    #[cfg(feature = "python")]
    pub fn number_or<T: FromStr<Err: Error + 'static>>(&self, name: &str, otherwise: T) -> Result<T, Box<dyn Error>> {
        if self.values.contains_key(name) {
            self.number(name)
        } else {
            Ok(otherwise)
        }
    }
}
