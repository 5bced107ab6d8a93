// The folder of a dataset in which stores and journals keep what is not tiles: what a store itself puts there.
#pragma once

namespace tiledir::store
{

constexpr const char *kOwnFolder = ".tiledir";
/// Objects that have no name yet. Local disks only.
constexpr const char *kTemporaryFolder = ".tiledir/tmp";
/// A file whose bytes are locked. Local disks only.
constexpr const char *kLockKey = ".tiledir/lock";

} // namespace tiledir::store
