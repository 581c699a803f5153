// Lets Debian's User-Mode Linux run on processors with AMX; loaded into it with LD_PRELOAD.
//
// User-Mode Linux 6.1 keeps 2696 bytes of extended registers for each of its processes, enough up to AVX-512. A processor with AMX has
// more, and the host's PTRACE_SETREGSET takes the whole set or nothing: the guest would die at its first process. So this
// stands between the two: what the guest sets is laid over the set that is there, what it does not know stays as it was.
#include <cstdarg>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

namespace {

using PtraceFunction = long (*)(unsigned, ...);

PtraceFunction real_ptrace() {
  static const auto found = reinterpret_cast<PtraceFunction>(dlsym(RTLD_NEXT, "ptrace"));
  return found;
}

// Larger than any processor's set so far (11,008 bytes with AMX). Static: the guest kernel runs on small stacks, one at a time.
alignas(64) char whole_set[64 * 1024];

long set_extended_registers(long pid, const iovec& part) {
  iovec whole{whole_set, sizeof whole_set};
  const void* type = reinterpret_cast<void*>(static_cast<long>(NT_X86_XSTATE));
  if (const long failed = real_ptrace()(PTRACE_GETREGSET, pid, type, &whole); failed < 0) return failed;
  std::memcpy(whole_set, part.iov_base, part.iov_len < whole.iov_len ? part.iov_len : whole.iov_len);
  return real_ptrace()(PTRACE_SETREGSET, pid, type, &whole);
}

}  // namespace

extern "C" long ptrace(__ptrace_request request, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, request);
  const long pid = va_arg(arguments, long);
  void* const address = va_arg(arguments, void*);
  void* const data = va_arg(arguments, void*);
  va_end(arguments);
  if (request == PTRACE_SETREGSET && reinterpret_cast<long>(address) == NT_X86_XSTATE) {
    return set_extended_registers(pid, *static_cast<const iovec*>(data));
  }
  return real_ptrace()(request, pid, address, data);
}
