//! Which environment of Node has opened scripts: one at a time may.

use std::sync::Mutex;

use napi::{Env, Error, Result};

/// The environment that opened something, as a number; 0 is none.
static OWNER: Mutex<usize> = Mutex::new(0);

/// Lets an environment open scripts until it ends.
pub fn claim(env: &Env) -> Result<()> {
    let own = env.raw() as usize;
    let mut owner = OWNER.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if *owner == own {
        return Ok(());
    }
    if *owner != 0 {
        return Err(Error::from_reason("another thread of this process uses it"));
    }
    env.add_env_cleanup_hook(own, release)?;
    *owner = own;
    Ok(())
}

fn release(own: usize) {
    let mut owner = OWNER.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if *owner == own {
        *owner = 0;
    }
}
