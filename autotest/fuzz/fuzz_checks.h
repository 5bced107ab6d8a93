// What fuzzers hold what they call to.
#pragma once

#include "stac/error.h"

#include <cstdlib>

namespace tiledir::fuzz
{

/// Ends the process where it does not hold: libFuzzer keeps the input.
inline void require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

/// Refusing input is right; anything else that is thrown is not.
template <class Work> void allowing_input_errors(Work &&work)
{
    try
    {
        work();
    }
    catch (const InputError &)
    {
    }
}

} // namespace tiledir::fuzz
