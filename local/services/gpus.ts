import { isGpu } from '../contract';

/** Whether containers use the GPUs of this machine, which the user has to request. */
export class Gpus {
  private readonly reported = new Set<string>();

  constructor(
    private readonly isEnabled: boolean,

    /** Receives a warning for each instance type whose GPUs containers do not have. */
    private readonly onWarning: (text: string) => void,
  ) {}

  /** Whether a container on instances of these types gets the GPUs. If it runs on the CPU instead, its log states it. */
  public for(types: readonly (string | undefined)[], log: (text: string) => void): boolean {
    const type = types.find((one) => one !== undefined && isGpu(one));
    if (type === undefined || this.isEnabled) return type !== undefined;
    const text =
      `${type} has GPUs, but the local service runs its containers on the CPU. Start the service with --gpus to use ` +
      'the GPUs of this machine.';
    log(text);
    if (!this.reported.has(type)) this.onWarning(`warning: ${text}`);
    this.reported.add(type);
    return false;
  }
}
