/** What may be read under a restricted policy. */
export interface ReadAccess {
  /**
   * Kind of restriction.
   * @examples ["restricted"]
   */
  type: string;
  /**
   * Whether the platform's own folders may be read too.
   * @examples [true]
   */
  include_platform_defaults?: boolean;
  /**
   * Folders that may be read.
   * @examples [["/home/dev/project"]]
   */
  readable_roots?: string[];
}

/**
 * Sandbox in force, tagged by `type`: `danger-full-access`, `read-only`, `external-sandbox` or `workspace-write`.
 * Which other fields are there depends on the type; new types may appear.
 */
export interface SandboxPolicy {
  /**
   * Kind of sandbox.
   * @examples ["workspace-write"]
   */
  type: string;
  /** Of `read-only`: what may be read. Absent when everything may. */
  access?: ReadAccess;
  /**
   * Whether the network may be used: a boolean for `workspace-write`, `restricted` or `enabled` for `external-sandbox`.
   * @examples [false]
   */
  network_access?: boolean | string;
  /**
   * Of `workspace-write`: folders beside the workspace that may be written.
   * @examples [["/tmp/build"]]
   */
  writable_roots?: string[];
  /** Of `workspace-write`: what may be read. Absent when everything may. */
  read_only_access?: ReadAccess;
  /**
   * Of `workspace-write`: whether `$TMPDIR` is not writable.
   * @examples [false]
   */
  exclude_tmpdir_env_var?: boolean;
  /**
   * Of `workspace-write`: whether `/tmp` is not writable.
   * @examples [false]
   */
  exclude_slash_tmp?: boolean;
}
