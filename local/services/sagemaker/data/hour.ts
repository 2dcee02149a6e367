/** The folder of an hour, in UTC, in which SageMaker stores captured data: `YYYY/MM/DD/HH`. */
export function hourOf(time: Date): string {
  return time.toISOString().slice(0, 13).replace(/\D/g, '/');
}
