// Whether inputs over a network may be read: waits for credentials that have expired.
#pragma once

#include <functional>
#include <string>

namespace tiledir::engine
{

enum class InputAccess
{
    Unknown,
    Granted, ///< now, at once
    Returned ///< after a while: it is worth reading again
};

/// Of a file that could not be read: its server is asked. Where it does not know the credentials, they are read again
/// until it does, for TILEDIR_HTTP_PATIENCE seconds or until `stopping`; `waits` is called before each wait. Throws
/// StoreError where it refuses: no other file would fare better.
InputAccess access_to_input(const std::string &path, const std::function<bool()> &stopping,
                            const std::function<void()> &waits);

} // namespace tiledir::engine
