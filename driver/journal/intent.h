// What a writer is about to change, left where others find it: so that tiles whose writer died before it had made their
// overviews are never forgotten, and no one has to look for them among millions.
#pragma once

#include "driver/journal/intent_document.h"
#include "driver/store/store.h"
#include "stac/grid/tile_set.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::journal
{

/// The intent of a writer.
struct FoundIntent
{
    std::string key;
    store::Stamp stamp;
    std::string who;    ///< "HOST process PID since TIME", to be shown
    std::string run;    ///< what tells a run of a recipe from others; empty for writers that are none
    std::string since;  ///< when it began; empty where that cannot be read
    bool lives = false; ///< else it has gone, or left its tiles to others

    using Tiles = IntendedTiles;
    std::optional<Tiles> tiles; ///< nullopt: it cannot be read (a power cut), any tile may be meant
    std::string creates;        ///< template of the tiles' keys, of a writer that makes a dataset; else empty
};

/// An object `.tiledir/intents/HOST-PID-ID.json`, rewritten by a thread of its own while this lives, and on a local
/// disk a lock for life. It outlives a kill at once, and a power cut after the store's next sync(). One thread at a
/// time uses an intent, but any may call check() and renew().
class Intent
{
public:
    static constexpr store::Seconds kInterval{60};
    static constexpr store::Seconds kDeadAfter{300};
    /// How long a look at an object store is believed: far less than others wait before they take over.
    static constexpr store::Seconds kBelieved{1};

    /// Leaves nothing yet. The store must live longer; it is asked from the thread too. `run`: as FoundIntent's.
    explicit Intent(store::Store &store, store::Seconds interval = kInterval, std::string run = {});
    /// Like release(), without an error, where neither finish() nor release() was called.
    ~Intent();
    Intent(const Intent &) = delete;
    Intent &operator=(const Intent &) = delete;

    /// Before add(): a dataset is made, whose tiles no item tells of yet; their keys are by this template.
    void creates(const std::string &tile_path) { m_document.creates = tile_path; }

    /// Before these tiles are written. No request where they were told before. Where it throws they are not told.
    void add(const std::string &matrix, const stac::TileSet &tiles);

    /// Throws StoreError where a run's intent is no longer there as it was left, since another run goes on in its place
    /// or a refresh has taken it away: then this one must write no more. One request, none where it was seen or written
    /// in the second before; two where it has stood still, as an old intent is written again, which others could take
    /// right after a look.
    void check();

    /// Throws as check() does where another process's intent, that of the run which this one works for, is lost.
    static void check(const store::Store &store, const std::string &key, const std::string &id);

    /// Writes it again, as its thread does every minute. Throws as check(), and as Store::write().
    void renew();

    /// All tiles are written and refreshed: there is nothing to adopt.
    void finish();

    /// Leaves what is above the tiles to whoever refreshes next.
    void release();

    /// Where it is, or will be.
    const std::string &key() const { return m_key; }
    const std::string &id() const { return m_document.id; }

    /// All that are there, `but` for the one of this key; `dead_after` as below. Throws InputError for one of a newer
    /// tiledir.
    static std::vector<FoundIntent> all(store::Store &store, store::Seconds dead_after = kDeadAfter,
                                        const std::string &but = {});

    /// Intents to adopt: released, or taken by another run, or without its lock for life; where locks do not tell, not
    /// rewritten for `dead_after` by the store's clock. Who adopts one refreshes above its tiles and then calls
    /// forget(). To adopt a living writer's does no harm; a run whose intent is taken away ends. Throws InputError for
    /// one of a newer tiledir.
    static std::vector<FoundIntent> adoptable(store::Store &store, store::Seconds dead_after = kDeadAfter);

    /// All the others, of writers at work.
    static std::vector<FoundIntent> living(store::Store &store, store::Seconds dead_after = kDeadAfter);

    /// Goes on in the place of a run that seems dead: should it wake, its check() tells it so. False: it has rewritten
    /// its intent since, so it lives.
    static bool take(store::Store &store, const FoundIntent &intent, const Intent &by);

    /// Deletes it, unless its writer has rewritten it since: then it lives.
    static void forget(store::Store &store, const FoundIntent &intent);

private:
    void write();
    void rewrite(const std::string &text);
    store::StampedObject own();
    void look();
    /// Does writing it fail where another has written it since it was read?
    bool is_kept_apart() const;
    [[noreturn]] void give_up();
    void start();
    void keep_alive();
    /// False where nothing was left, or it has ended before.
    bool end();
    bool is_of_run() const { return !m_document.run.empty(); }

    store::Store &m_store;
    const store::Seconds m_interval;
    std::string m_key;

    std::mutex m_mutex;        ///< for what follows, and held while it is written
    IntentDocument m_document; ///< `since` is empty before the first writing that succeeded
    std::map<std::string, stac::TileSet> m_tiles;
    std::unique_ptr<store::KeyLock> m_life;
    store::Seconds m_written{0}; ///< boot_time() before it was last written
    store::Seconds m_seen{0};    ///< boot_time() before it was last seen, or written, as this one's
    std::string m_lost;          ///< why it is not this run's any more; empty where it is
    bool m_ended = false;
    std::condition_variable m_ending;
    std::thread m_thread;
};

} // namespace tiledir::journal
