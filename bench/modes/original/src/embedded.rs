//! Python in the same process: payload → `serde_json::Value` → dict, one object after the other, then a call.
use std::error::Error;
use std::time::Instant;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString};
use serde_json::{json, Value};

use crate::arguments::Arguments;
use crate::payload::Payloads;

/// Hands events to a function of a Python module, on this one thread: the original sends each through a queue first.
pub fn measure(arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
    let payloads = Payloads::of_bytes(arguments.number("payload-bytes")?)?;
    let (events, warm_up): (u64, u64) = (arguments.number("events")?, arguments.number("warm-up")?);
    let batch: usize = arguments.number_or("batch", 1)?;
    let function = load(arguments, if batch > 1 { "on_events" } else { "on_event" })?;

    hand_over(&function, &payloads, warm_up, batch)?;
    let started = Instant::now();
    hand_over(&function, &payloads, events, batch)?;
    let seconds = started.elapsed().as_secs_f64();

    let seen: u64 = Python::attach(|py| function.bind(py).getattr("__globals__")?.get_item("seen")?.extract())?;
    if seen != warm_up + events {
        return Err(format!("Python has seen {seen} events of {}", warm_up + events).into());
    }
    Ok(json!({ "events": events, "seconds": seconds }))
}

fn load(arguments: &Arguments, name: &str) -> Result<Py<PyAny>, Box<dyn Error>> {
    let (folder, module) = (arguments.text("folder")?, arguments.text("module")?);
    let function = Python::attach(|py| -> PyResult<Py<PyAny>> {
        py.import("sys")?.getattr("path")?.call_method1("append", (folder,))?;
        Ok(py.import(module)?.getattr(name)?.unbind())
    })?;
    Ok(function)
}

fn hand_over(function: &Py<PyAny>, payloads: &Payloads, events: u64, batch: usize) -> Result<(), Box<dyn Error>> {
    let mut pending = Vec::with_capacity(batch);
    for number in 1..=events {
        let value = serde_json::to_value(payloads.next())?;
        if batch == 1 {
            Python::attach(|py| function.bind(py).call1((to_python(py, &value)?,)).map(drop))?;
            continue;
        }
        pending.push(value);
        if pending.len() == batch || number == events {
            Python::attach(|py| function.bind(py).call1((list_of(py, &pending)?,)).map(drop))?;
            pending.clear();
        }
    }
    Ok(())
}

fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Number(value) => match (value.as_i64(), value.as_u64()) {
            (Some(value), _) => value.into_pyobject(py)?.into_any(),
            (_, Some(value)) => value.into_pyobject(py)?.into_any(),
            _ => value.as_f64().into_pyobject(py)?.into_any(),
        },
        Value::String(value) => PyString::new(py, value).into_any(),
        Value::Array(values) => list_of(py, values)?.into_any(),
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

fn list_of<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for value in values {
        list.append(to_python(py, value)?)?;
    }
    Ok(list)
}
