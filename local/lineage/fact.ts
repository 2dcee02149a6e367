/** Why a part of the lineage is unknown. */
export interface Missing {
  readonly missing: string;
}

/** A part of the lineage, or why it is unknown. */
export type Fact<T> = T | Missing;

export function missing(reason: string): Missing {
  return { missing: reason };
}

export function isMissing<T>(fact: Fact<T>): fact is Missing {
  return typeof fact === 'object' && fact !== null && 'missing' in fact;
}

/** Requests a part of the lineage. An error is the reason why it is unknown. */
export async function requested<T>(action: string, request: () => Promise<T>): Promise<Fact<T>> {
  try {
    return await request();
  } catch (error) {
    return missing(reasonOf(action, error as Error));
  }
}

/** The meaning of an error of a service, with the action that the caller is not allowed to perform. */
export function reasonOf(action: string, error: Error): string {
  if (isDenied(error)) return `no permission for ${action}: ${error.message}`;
  return `${action} failed: ${error.message}`;
}

export function isDenied({ name }: Error): boolean {
  return /AccessDenied|UnauthorizedOperation|NotAuthorized|^403$/.test(name);
}

/** Whether what was requested does not exist, or not any more. */
export function isNotFound({ name, message }: Error): boolean {
  return /NotFound|DoesNotExist/.test(name) || /does not exist|not found|can't find|could not find/i.test(message);
}
