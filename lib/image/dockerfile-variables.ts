/** The values of ARG and ENV instructions, as far as they are known before the build. */
export class DockerfileVariables {
  private readonly values: Map<string, string | undefined>;

  constructor(inherited?: DockerfileVariables) {
    this.values = new Map(inherited?.values);
  }

  public has(name: string): boolean {
    return this.values.has(name);
  }

  public get(name: string): string | undefined {
    return this.values.get(name);
  }

  /** Sets a variable; undefined is a value that is only known in the build. */
  public set(name: string, value: string | undefined): void {
    this.values.set(name, value);
  }

  /**
   * Replaces the variables in a text. Returns undefined if one of them, or the meaning of a quotation mark or backslash, is not
   * known. A variable that the Dockerfile does not define is not known either: the base image can define it.
   */
  public expand(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    let isKnown = true;
    const expanded = text.replace(VARIABLE, (_, bare?: string, braced?: string, operator?: string, word = '') => {
      const value = this.values.get(bare ?? braced ?? '');
      isKnown &&= value !== undefined;
      if (operator === ':-') return value === '' ? (word as string) : (value ?? '');
      if (operator === ':+') return value === '' ? '' : (word as string);
      return value ?? '';
    });
    return isKnown && !/[\\"'$]/.test(expanded) ? expanded : undefined;
  }
}

const VARIABLE = /\$(?:(\w+)|\{(\w+)(?:(:[-+])([^${}]*))?\})/g;

/** An item of an ARG or ENV instruction. */
export interface Assignment {
  readonly name: string;

  /** The value as written, with quotation marks. */
  readonly value?: string;
}

/** The assignments of an instruction: `A=1 B="2 3" C`, or `A 1`, the old form of ENV. */
export function assignmentsOf(keyword: string, text: string): Assignment[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  const [name = '', ...rest] = words;
  if (keyword === 'ENV' && !name.includes('=')) return [{ name, value: rest.join(' ') }];
  return words.map((word) => {
    const position = word.indexOf('=');
    return position < 0 ? { name: word } : { name: word.slice(0, position), value: word.slice(position + 1) };
  });
}

/** A value without its quotation marks, in which variables can be expanded. Undefined if quotation is more complex. */
export function unquoted(value: string | undefined): string | undefined {
  const { double, single, plain } =
    /^(?:"(?<double>[^"\\]*)"|'(?<single>[^'\\$]*)'|(?<plain>[^"'\\]*))$/.exec(value ?? '\\')?.groups ?? {};
  return double ?? single ?? plain;
}

/** The names of the variables in a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
}
