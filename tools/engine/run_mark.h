// Who makes an output: a run leaves an intent while it goes, by which others see it.
#pragma once

#include "driver/store/intent.h"

#include <functional>
#include <string>
#include <vector>

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
    /// The same of intents that were just found.
    void give_way(const std::vector<store::FoundIntent> &found) const;

    /// From now on others see this run: `tiles` of a matrix are about to be made. Then it gives way again, and looks at
    /// what else is to be found out from now on, side by side over a network. An InputError of either takes it back.
    void show(
        const std::string &matrix, const stac::TileSet &tiles, const std::function<void()> &look = [] {});

    /// The other runs that there are.
    struct Others
    {
        bool none_lives = true;
        std::vector<store::FoundIntent> ended; ///< before they were done
    };
    Others others() const;
    bool is_alone() const { return others().none_lives; }

    /// All that was to be made is made, or has failed for good.
    void finish() { m_intent.finish(); }
    void forget(const std::vector<store::FoundIntent> &ended) const;

private:
    store::Store &m_output;
    const std::string m_run;
    store::Intent m_intent;
};

} // namespace tiledir::engine
