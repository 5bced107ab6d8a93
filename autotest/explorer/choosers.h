// Who chooses the order of steps: one order after the other, or one at random.
#pragma once

#include "autotest/explorer/scheduler.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiledir::explorer
{

/// What may still happen in a schedule.
struct Budget
{
    int preemptions = 0;
    int kills = 0;
    int sleeps = 0;

    bool allows(const Choice &choice) const;
    void take(const Choice &choice);
};

/// Knows which keys several writers use, and one of them changes. Grows from schedule to schedule.
class SharedKeys
{
public:
    bool has(const Step &step) const;
    void note(std::size_t writer, const Step &step);
    std::size_t size() const { return m_shared.size(); }

private:
    struct Users
    {
        std::set<std::size_t> all;
        bool changed = false;
    };
    void note(std::size_t writer, const std::string &key, bool changes);

    std::map<std::string, Users> m_users;
    std::set<std::string> m_shared;
};

/// Goes through all orders that a budget allows, depth first. What leads to where another order has been is cut short.
class InOrder : public Chooser
{
public:
    InOrder(SharedKeys &keys, const Budget &budget)
        : m_keys(keys)
        , m_budget(budget)
    {
    }

    /// Before each schedule but the first: false where there is none left.
    bool next();
    void begin();
    /// Was the schedule another one than planned, because threads of one writer came in another order?
    bool has_strayed() const { return m_has_strayed; }

    std::optional<std::size_t> choose(const std::vector<Choice> &choices,
                                      const std::function<std::uint64_t()> &state) override;
    bool matters(const Step &step) const override { return m_left.preemptions > 0 && m_keys.has(step); }
    void done(std::size_t writer, const Step &step) override { m_keys.note(writer, step); }

private:
    struct Node
    {
        std::size_t choices = 0; ///< that the budget allows
        std::uint64_t state = 0;
        std::size_t taken = 0;
    };

    SharedKeys &m_keys;
    const Budget m_budget;
    Budget m_left;
    std::vector<Node> m_path;
    std::size_t m_depth = 0;
    bool m_has_strayed = false;
    std::unordered_map<std::uint64_t, int> m_visited; ///< by state: preemptions that were left
};

/// Any order, without a limit to preemptions.
class AtRandom : public Chooser
{
public:
    AtRandom(SharedKeys &keys, const Budget &budget, unsigned seed)
        : m_keys(keys)
        , m_left(budget)
        , m_random(seed)
    {
    }

    std::optional<std::size_t> choose(const std::vector<Choice> &choices,
                                      const std::function<std::uint64_t()> &state) override;
    bool matters(const Step &) const override { return true; }
    void done(std::size_t writer, const Step &step) override { m_keys.note(writer, step); }

private:
    SharedKeys &m_keys;
    Budget m_left;
    std::minstd_rand m_random;
};

} // namespace tiledir::explorer
