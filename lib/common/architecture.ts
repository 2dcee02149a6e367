/** The CPU architecture of an image or an instance type. */
export enum Architecture {
  /** Intel and AMD processors: `linux/amd64` images. */
  X86_64 = 'x86_64',

  /** AWS Graviton and NVIDIA Grace processors: `linux/arm64` images. */
  ARM64 = 'arm64',
}
