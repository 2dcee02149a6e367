import type { ComponentChildren, JSX } from 'preact';

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => ComponentChildren;

  /** Whether the column is left out on a phone. */
  readonly isExtra?: boolean;
}

interface Props<T> {
  /** The name of the table, for screen readers. */
  readonly name: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];

  /** The text instead of a table without rows. */
  readonly empty: string;
}

/** A table without the columns that have no value in any row. A wide one scrolls within the page. */
export function Table<T>({ name, rows, columns: all, empty }: Props<T>): JSX.Element {
  if (rows.length === 0) return <p class="muted">{empty}</p>;
  const columns = all.filter(({ of }) => rows.some((row) => hasContent(of(row))));
  const classOf = ({ isExtra }: Column<T>): string | undefined => (isExtra === true ? 'extra' : undefined);
  return (
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)}>
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whether a part of the page is visible. */
export function hasContent(cell: ComponentChildren): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}
