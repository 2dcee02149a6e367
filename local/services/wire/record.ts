/** A structure of the SDK in its JSON form, in which timestamps are seconds since 1970. */
export type Wire<T> = T extends Date
  ? number
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

export function now(): number {
  return Date.now() / 1000;
}
