// What a writer is about to change, left where others find it: so that tiles whose writer died before it had made their
// overviews are never forgotten, and no one has to look for them among millions.
#pragma once

#include "driver/store/store.h"
#include "stac/bounds.h"
#include "stac/tile_set.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::store
{

/// The intent of a writer.
struct FoundIntent
{
    std::string key;
    Stamp stamp;
    std::string who;    ///< "HOST process PID since TIME", to be shown
    std::string run;    ///< what tells a run of a recipe from others; empty for writers that are none
    std::string since;  ///< when it began; empty where that cannot be read
    bool lives = false; ///< else it has gone, or left its tiles to others

    /// By the id of their matrix: those that may have been written, and perhaps some beside them, beyond the matrix
    /// too.
    using Tiles = std::map<std::string, std::vector<stac::TileRange>>;
    std::optional<Tiles> tiles; ///< nullopt: it cannot be read (a power cut), any tile may be meant
    std::string creates;        ///< template of the tiles' keys, of a writer that makes a dataset; else empty
};

/// An object `.tiledir/intents/HOST-PID-RANDOM.json`, rewritten by a thread of its own while this lives. It outlives a
/// kill at once, and a power cut after the store's next sync(). One thread at a time uses an intent.
class Intent
{
public:
    static constexpr Seconds kInterval{60};
    static constexpr Seconds kDeadAfter{300};

    /// Leaves nothing yet. The store must live longer; it is asked from the thread too. `run`: as FoundIntent's.
    explicit Intent(Store &store, Seconds interval = kInterval, std::string run = {});
    /// Like release(), without an error, where neither finish() nor release() was called.
    ~Intent();
    Intent(const Intent &) = delete;
    Intent &operator=(const Intent &) = delete;

    /// Before add(): a dataset is made, whose tiles no item tells of yet; their keys are by this template.
    void creates(const std::string &tile_path) { m_creates = tile_path; }

    /// Before these tiles are written. No request where they were told before. Where it throws they are not told.
    void add(const std::string &matrix, const stac::TileSet &tiles);

    /// All tiles are written and refreshed: there is nothing to adopt.
    void finish();

    /// Leaves what is above the tiles to whoever refreshes next.
    void release();

    /// Where it is, or will be.
    const std::string &key() const { return m_key; }

    /// All that are there, `but` for the one of this key; `dead_after` as below. Throws InputError for one of a newer
    /// tiledir.
    static std::vector<FoundIntent> all(Store &store, Seconds dead_after = kDeadAfter, const std::string &but = {});

    /// Those to adopt: released, or of a process of this machine that is no more, or not rewritten for `dead_after` by
    /// the store's clock. Who adopts one refreshes above its tiles and then calls forget(). To adopt a living one does
    /// no harm. Throws InputError for one of a newer tiledir.
    static std::vector<FoundIntent> adoptable(Store &store, Seconds dead_after = kDeadAfter);

    /// All the others, of writers at work.
    static std::vector<FoundIntent> living(Store &store, Seconds dead_after = kDeadAfter);

    /// Deletes it, unless its writer has rewritten it since: then it lives.
    static void forget(Store &store, const FoundIntent &intent);

private:
    void write();
    void start();
    void keep_alive();
    /// False where nothing was left, or it has ended before.
    bool end();

    Store &m_store;
    const std::string m_key;
    const Seconds m_interval;
    const std::string m_run;

    std::mutex m_mutex; ///< for what follows, and held while it is written
    std::map<std::string, stac::TileSet> m_tiles;
    std::string m_creates;
    std::string m_since; ///< the first writing that succeeded; empty before it
    bool m_released = false;
    int m_writes = 0; ///< makes each content another one
    bool m_ended = false;
    std::condition_variable m_ending;
    std::thread m_thread;
};

} // namespace tiledir::store
