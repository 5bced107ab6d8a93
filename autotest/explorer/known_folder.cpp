// Folders of GDAL's file systems, in which the explorer keeps nothing: outputs are never taken for new ones, and
// objects are there as they are read. Linked in the place of driver/store/network/folder_entries.cpp.
#include "driver/store/network/folder_entries.h"

namespace tiledir::store
{

Listing for_each_entry(const std::string &, Depth, bool, const std::function<bool(const VSIDIREntry &)> &)
{
    return Listing::Stopped;
}

bool is_listed(const std::string &)
{
    return true;
}

} // namespace tiledir::store
