// Bytes of the file `lock` of a folder, locked by the system.
#pragma once

#include "driver/store/local/local_files.h"

#include <chrono>
#include <optional>
#include <string>

#include <fcntl.h>

namespace tiledir::store
{

/// Where a text's lock is: FNV-1a, the same in all programs.
off_t lock_byte(const std::string &text);

/// One byte, as fcntl() wants it.
struct flock lock_range(short type, off_t byte);

/// Opens `folder/lock`, which is made where it is not there, to be locked. Throws StoreError.
Descriptor open_lock_file(const std::string &folder);

/// Waits until the byte is locked for this open file. False where the file system has no locks. Throws StoreError; so
/// it does where `patience` ends: locks are held for moments, and who stands still for so long may never go on.
bool wait_for_lock(const Descriptor &file, const std::string &folder, off_t byte,
                   std::chrono::seconds patience = std::chrono::seconds(60));

/// Is the open file still the one of that name? One that was deleted since keeps nobody out.
bool is_in_place(const Descriptor &file, const std::string &folder);

/// All of that, until the file that is locked is in its place; nullopt where the file system has no locks.
std::optional<Descriptor> lock_in_file(const std::string &folder, off_t byte);

/// Closing is not enough where a child process has the file too.
void unlock(const Descriptor &file, off_t byte);

} // namespace tiledir::store
