/**
 * What can be wrong with an addon: it is not there (`addon_missing`), it cannot be used (`addon_broken`), or it was built from the sources
 * of another version (`addon_mismatch`).
 */
export type Pyo3ErrorCode = "addon_missing" | "addon_broken" | "addon_mismatch";

/** An error of this package: a text that says what to do, and a stable code to test for. */
export class Pyo3Error extends Error {
  override readonly name: string = "Pyo3Error";
  readonly code: Pyo3ErrorCode;
  constructor(code: Pyo3ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
