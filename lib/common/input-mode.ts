/**
 * How training data reaches a container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 */
export enum InputMode {
  /** Downloaded before the container starts. */
  FILE = 'File',

  /** A read-only file system that fetches what is read. */
  FAST_FILE = 'FastFile',

  /** A named pipe for each epoch. */
  PIPE = 'Pipe',
}
