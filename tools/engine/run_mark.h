// Who makes an output: a run leaves an intent while it goes, by which others see it.
#pragma once

#include "driver/store/intent.h"

#include <string>

namespace tiledir::engine
{

/// Two runs make an output at once only where they are of the same recipe, inputs and region: these leave the same
/// bytes whichever tile is whose. Of two others, none of which has seen the other yet, one or both give way.
class RunMark
{
public:
    /// `run`: all that the tiles depend on, as text.
    RunMark(store::Store &output, const std::string &run);

    /// Throws InputError where a run that is another one goes on here.
    void give_way() const;

    /// From now on others see this run; again give_way(). `tiles` of a matrix are about to be made.
    void show(const std::string &matrix, const stac::TileSet &tiles);

    /// Is there no other run?
    bool is_alone() const;

    /// All that was to be made is made, or has failed for good.
    void finish() { m_intent.finish(); }
    /// Forgets runs that have ended before they were done.
    void forget_ended() const;

private:
    store::Store &m_output;
    const std::string m_run;
    store::Intent m_intent;
};

} // namespace tiledir::engine
