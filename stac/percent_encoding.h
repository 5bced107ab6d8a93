// Percent-encoding of URIs. RFC 3986, 2.1.
#pragma once

#include <string>

namespace tiledir::stac
{

/// %20 as a space, and so on. What is no encoding, and %00, stays as it is.
std::string percent_decoded(const std::string &text);

} // namespace tiledir::stac
