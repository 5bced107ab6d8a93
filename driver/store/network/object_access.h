// Whether an object over a network may be read, as its server says.
#pragma once

#include <string>

namespace tiledir::store
{

enum class Access
{
    Granted, ///< or the object is absent: the credentials are not what is wrong
    Expired, ///< the server does not know the credentials, or not any more
    Refused, ///< HTTP 401 or 403
    Unknown  ///< no answer that tells, or only GDAL can ask
};

struct AccessAnswer
{
    Access access = Access::Unknown;
    std::string words; ///< of the server, in one line
};

/// Asks for the first byte of an object, with the credentials that there are now, without patience for those that have
/// expired. GDAL does not tell this of a block that it could not read.
AccessAnswer access_to(const std::string &path);

} // namespace tiledir::store
