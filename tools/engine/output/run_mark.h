// Who makes an output: a run leaves an intent while it goes, by which others see it.
#pragma once

#include "driver/journal/intent.h"
#include "driver/journal/pause_watch.h"

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
    RunMark(store::Store &output, const std::string &run, journal::PauseWatch::Clock clock = journal::boot_time);

    /// From now on it gives way to all living writers, runs or not: it is about to remove the tiles that they know.
    void be_alone() { m_is_alone = true; }

    /// Throws InputError where a run that is another one goes on here.
    void give_way() const;
    /// Throws InputError where one of these intents, just found, is that of a run that is another one.
    void give_way(const std::vector<journal::FoundIntent> &found) const;

    /// From now on others see this run: `tiles` of a matrix are about to be made. Then it gives way again, takes over
    /// from runs that seem dead, which end should they wake, and looks at what else is to be found out from now on,
    /// side by side over a network. An InputError of either takes it back.
    void announce(
        const std::string &matrix, const stac::TileSet &tiles, const std::function<void()> &look = [] {});

    /// Before a word of the journal, from any thread. Throws StoreError: this run stood still for so long that another
    /// one, or a refresh, has taken over.
    void check() { m_intent.check(); }
    /// Before a tile is written: check(), where nobody has asked for half a minute, this machine's sleep included.
    void check_after_pause();

    const std::string &intent_key() const { return m_intent.key(); }
    const std::string &intent_id() const { return m_intent.id(); }

    /// The other runs that there are.
    struct Others
    {
        bool none_lives = true;
        std::vector<journal::FoundIntent> ended; ///< before they were done
    };
    Others others() const;
    bool is_alone() const { return others().none_lives; }

    /// All that was to be made is made, or has failed for good.
    void finish() { m_intent.finish(); }
    void forget(const std::vector<journal::FoundIntent> &ended) const;

private:
    void take_over();
    [[noreturn]] void refuse(const journal::FoundIntent &intent) const;

    store::Store &m_output;
    const std::string m_run;
    journal::Intent m_intent;
    journal::PauseWatch m_pauses;
    bool m_is_alone = false;
};

} // namespace tiledir::engine
