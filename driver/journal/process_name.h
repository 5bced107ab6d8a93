// A name that a process shares with no other, whatever containers and machines there are.
#pragma once

#include <string>

namespace tiledir::journal
{

/// "BOOT NAMESPACE PID START": the kernel's boot id, the inode of the pid namespace, the process's id in it and when it
/// was started (proc(5)). Empty where /proc does not tell.
std::string own_process_name();

/// True where the name is of a process of this kernel and this pid namespace that is no more; false where that cannot
/// be known from here.
bool is_process_gone(const std::string &name);

} // namespace tiledir::journal
