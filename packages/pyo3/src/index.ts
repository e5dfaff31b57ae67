/** Python inside this process, for hooks: loads the addon that `xcodex hooks build pyo3` builds, and hands events to a script. */

export { type AddonInfo, describeAddon } from "./addon.ts";
export { Pyo3Error, type Pyo3ErrorCode } from "./errors.ts";
export { ADDON_FILE, ADDON_VARIABLE, addonPath, crateFolder } from "./places.ts";
export { openPython, type Python, type PythonOptions } from "./python.ts";
export type { Failure, Report } from "./report.ts";
