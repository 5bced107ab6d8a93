// The one hierarchy of errors. Thrown inside, turned into CPLError at GDAL's edge and into one line on stderr
// and an exit code at the command's edge.
#pragma once

#include <stdexcept>
#include <string>

namespace tiledir
{

/// What failed, in one line: the thing, what is wrong with it, what would be right.
class Error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// Something the user gave is wrong (recipe, option, grid, item, input file): nothing was changed.
class InputError : public Error
{
public:
    using Error::Error;
};

/// One tile or document could not be read, made or understood; others may still be fine. Names the path.
class TileError : public Error
{
public:
    using Error::Error;
};

/// The store itself refuses (disk full, no permission, endpoint down): no tile would fare better.
class StoreError : public Error
{
public:
    using Error::Error;
};

/// The caller wanted no more of it: what is done stays, the rest is not made.
class Interrupted : public Error
{
public:
    using Error::Error;
};

} // namespace tiledir
