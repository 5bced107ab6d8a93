// How much memory there is, and how much a process has. Linux.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace tiledir::engine
{

/// Bytes that this process and its children may use: the least limit of its control groups (v2 or v1), else what the
/// machine has. Where nothing says so, 0.
std::int64_t memory_limit();

/// `2GB`, `512MB`, `1.5GiB`, `50%` (of memory_limit()), bytes without a unit; units of 1024. Throws InputError.
std::int64_t parse_memory(const std::string &text, const std::string &where);

/// `1.5 GB`, units of 1024.
std::string memory_text(std::int64_t bytes);

/// Bytes of a process that lie in memory now; 0 where there is none such.
std::int64_t resident_memory(pid_t process);

/// The most that this process had since forget_peak_memory().
std::int64_t peak_memory();
void forget_peak_memory();

/// How many processes of this one's control group the kernel has killed for want of memory.
std::int64_t kernel_memory_kills();

} // namespace tiledir::engine
