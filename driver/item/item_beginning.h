// What the first bytes of a .json file tell, so that other files are not read whole.
#pragma once

#include <string>

namespace tiledir::driver
{

/// Could a file that begins like this be a STAC item or collection, or mapchete's metadata.json? Cheap, and true for
/// more than just them.
bool may_begin_item(const std::string &first_bytes);

} // namespace tiledir::driver
