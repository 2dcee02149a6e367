/** The instruction set that an image is built for and an instance type runs. */
export enum Architecture {
  /** Intel and AMD processors, `linux/amd64` images. */
  X86_64 = 'x86_64',

  /** Graviton and Grace processors, `linux/arm64` images. */
  ARM64 = 'arm64',
}
