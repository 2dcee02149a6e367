/*
 * Forwards TCP connections: forwarder PORT ADDRESS TARGET_PORT
 *
 * Isolated containers have no route to this machine, and this machine has none to them. This program runs in a container that is in
 * their network and in another one, whose port is published. It uses no C library, because it runs in every image of its platform.
 */
#include <asm/unistd.h>
#include <linux/in.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include <linux/socket.h>
#include <linux/tcp.h>

#define AF_INET 2
#define SOCK_STREAM 1
#define SOL_SOCKET 1
#define SO_REUSEADDR 2
#define SHUT_WR 1
#define WNOHANG 1
#define BUFFER 65536

static long call(long number, long a, long b, long c, long d, long e) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
#endif
}

static void leave(int code) {
  call(__NR_exit_group, code, 0, 0, 0, 0);
  __builtin_unreachable();
}

/* A number of at most 255 or 65535, and the character after it. */
static unsigned number(const char **text) {
  unsigned value = 0;
  for (; **text >= '0' && **text <= '9'; ++*text) value = value * 10 + (unsigned)(**text - '0');
  if (**text != 0) ++*text;
  return value;
}

static struct sockaddr_in address(const char *ip, const char *port) {
  struct sockaddr_in result = {.sin_family = AF_INET};
  unsigned char *bytes = (unsigned char *)&result.sin_addr;
  for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)number(&ip);
  result.sin_port = __builtin_bswap16((unsigned short)number(&port));
  return result;
}

/* Passes on what one side has sent. Returns whether that side can still send more. */
static int pass(long from, long to) {
  static char buffer[BUFFER];
  long size = call(__NR_read, from, (long)buffer, BUFFER, 0, 0);
  if (size < 0) leave(1);
  if (size == 0) call(__NR_shutdown, to, SHUT_WR, 0, 0, 0);
  for (long sent = 0; sent < size;) {
    long part = call(__NR_write, to, (long)(buffer + sent), size - sent, 0, 0);
    if (part < 0) leave(1);
    sent += part;
  }
  return size > 0;
}

static void forward(long client, struct sockaddr_in *target) {
  int on = 1;
  long server = call(__NR_socket, AF_INET, SOCK_STREAM, 0, 0, 0);
  if (call(__NR_connect, server, (long)target, sizeof *target, 0, 0) < 0) leave(1);
  call(__NR_setsockopt, client, IPPROTO_TCP, TCP_NODELAY, (long)&on, sizeof on);
  call(__NR_setsockopt, server, IPPROTO_TCP, TCP_NODELAY, (long)&on, sizeof on);
  struct pollfd sides[2] = {{(int)client, POLLIN, 0}, {(int)server, POLLIN, 0}};
  while (sides[0].fd >= 0 || sides[1].fd >= 0) {
    if (call(__NR_ppoll, (long)sides, 2, 0, 0, 0) < 0) leave(1);
    /* A negative descriptor is not polled. */
    if (sides[0].fd >= 0 && sides[0].revents && !pass(client, server)) sides[0].fd = -1;
    if (sides[1].fd >= 0 && sides[1].revents && !pass(server, client)) sides[1].fd = -1;
  }
  leave(0);
}

__attribute__((used)) static void run(long *stack) {
  const char **arguments = (const char **)(stack + 1);
  if (*stack != 4) leave(2);
  int on = 1;
  struct sockaddr_in own = address("0.0.0.0", arguments[1]);
  struct sockaddr_in target = address(arguments[2], arguments[3]);
  long listener = call(__NR_socket, AF_INET, SOCK_STREAM, 0, 0, 0);
  call(__NR_setsockopt, listener, SOL_SOCKET, SO_REUSEADDR, (long)&on, sizeof on);
  if (call(__NR_bind, listener, (long)&own, sizeof own, 0, 0) < 0) leave(3);
  if (call(__NR_listen, listener, 1024, 0, 0, 0) < 0) leave(4);
  for (;;) {
    long client = call(__NR_accept, listener, 0, 0, 0, 0);
    while (call(__NR_wait4, -1, 0, WNOHANG, 0, 0) > 0);
    if (client < 0) continue;
    if (call(__NR_clone, SIGCHLD, 0, 0, 0, 0) == 0) {
      call(__NR_close, listener, 0, 0, 0, 0);
      forward(client, &target);
    }
    call(__NR_close, client, 0, 0, 0, 0);
  }
}

/* The kernel starts the program with the number of arguments and the arguments on the stack. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call run\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n mov x0, sp\n bl run\n");
#endif
