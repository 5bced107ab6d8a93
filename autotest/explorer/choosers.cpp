#include "autotest/explorer/choosers.h"

#include <algorithm>
#include <utility>

namespace tiledir::explorer
{

bool Budget::allows(const Choice &choice) const
{
    switch (choice.what)
    {
    case Choice::What::Kill:
        return kills > 0;
    case Choice::What::Sleep:
        return sleeps > 0;
    case Choice::What::Go:
        break;
    }
    return !choice.preempts || preemptions > 0;
}

void Budget::take(const Choice &choice)
{
    kills -= choice.what == Choice::What::Kill ? 1 : 0;
    sleeps -= choice.what == Choice::What::Sleep ? 1 : 0;
    preemptions -= choice.what == Choice::What::Go && choice.preempts ? 1 : 0;
}

namespace
{

std::string folder_of(const std::string &key)
{
    return key.substr(0, key.rfind('/') + 1);
}

} // namespace

bool SharedKeys::has(const Step &step) const
{
    return m_shared.count(step.key) > 0 || (step.changes && m_shared.count(folder_of(step.key)) > 0);
}

void SharedKeys::note(std::size_t writer, const Step &step)
{
    note(writer, step.key, step.changes || step.needs_lock);
    if (step.changes)
    {
        note(writer, folder_of(step.key), true); // a listing tells
    }
}

void SharedKeys::note(std::size_t writer, const std::string &key, bool changes)
{
    Users &users = m_users[key];
    users.all.insert(writer);
    users.changed = users.changed || changes;
    if (users.changed && users.all.size() > 1)
    {
        m_shared.insert(key);
    }
}

bool InOrder::next()
{
    m_left = m_budget;
    m_path.clear();
    m_has_strayed = false;
    if (m_branches.empty())
    {
        return false;
    }
    std::swap(m_branches[m_random() % m_branches.size()], m_branches.back());
    m_branch = std::move(m_branches.back());
    m_branches.pop_back();
    return true;
}

std::optional<std::size_t> InOrder::choose(const std::vector<Choice> &choices,
                                           const std::function<std::uint64_t()> &state)
{
    std::vector<std::size_t> allowed;
    for (std::size_t index = 0; index < choices.size(); ++index)
    {
        if (m_left.allows(choices[index]))
        {
            allowed.push_back(index);
        }
    }
    std::size_t taken = 0;
    if (allowed.size() > 1)
    {
        const std::size_t depth = m_path.size();
        const bool is_planned = depth < m_branch.path.size();
        if (is_planned)
        {
            taken = std::min<std::size_t>(m_branch.path[depth], allowed.size() - 1);
        }
        if (depth + 1 >= m_branch.path.size())
        {
            const std::uint64_t here =
                mixed(state(), static_cast<std::uint64_t>(m_left.kills) << 8U | static_cast<unsigned>(m_left.sleeps));
            if (is_planned)
            {
                m_has_strayed = here != m_branch.state;
            }
            else if (!is_new(here))
            {
                return std::nullopt;
            }
            else
            {
                branch(allowed.size(), here);
            }
        }
        m_path.push_back(static_cast<unsigned char>(taken));
    }
    m_left.take(choices[allowed[taken]]);
    return allowed[taken];
}

bool InOrder::is_new(std::uint64_t state)
{
    const auto [visited, is_first] = m_visited.try_emplace(state, m_left.preemptions);
    if (!is_first && visited->second >= m_left.preemptions)
    {
        return false;
    }
    visited->second = m_left.preemptions;
    return true;
}

void InOrder::branch(std::size_t choices, std::uint64_t state)
{
    for (std::size_t other = 1; other < choices; ++other)
    {
        Path path = m_path;
        path.push_back(static_cast<unsigned char>(other));
        m_branches.push_back({std::move(path), state});
    }
}

std::optional<std::size_t> AtRandom::choose(const std::vector<Choice> &choices,
                                            const std::function<std::uint64_t()> & /*state*/)
{
    std::vector<std::size_t> allowed;
    for (std::size_t index = 0; index < choices.size(); ++index)
    {
        if (choices[index].what == Choice::What::Go || m_left.allows(choices[index]))
        {
            allowed.push_back(index);
        }
    }
    const bool goes_on = choices.front().what == Choice::What::Go && !choices.front().preempts;
    const std::size_t taken = goes_on && m_random() / 16 % m_seldom != 0 ? 0 : m_random() / 16 % allowed.size();
    m_left.take(choices[allowed[taken]]);
    return allowed[taken];
}

} // namespace tiledir::explorer
