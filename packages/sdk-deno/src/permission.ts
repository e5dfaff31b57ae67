/** Whether something is allowed. Only looks: Deno would ask the user, and there is none. */
export function isAllowed(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
