// The folder in which a dataset is made.
#pragma once

#include <set>
#include <string>

namespace tiledir::driver
{

/// What was written into it is taken away again where the dataset does not come to be.
class CreationTarget
{
public:
    /// From a name as GDAL is given it: a folder, a URL or TILEDIR: before one of them. Throws InputError where it is a
    /// file, holds anything but a dataset of tiles, whole or what a killed creation left of it, or where one is made
    /// now.
    explicit CreationTarget(const std::string &name);
    ~CreationTarget();
    CreationTarget(const CreationTarget &) = delete;
    CreationTarget &operator=(const CreationTarget &) = delete;

    const std::string &folder() const { return m_folder; }
    /// Its last part.
    std::string name() const;
    /// Deletes the dataset that is there, makes the folder. Throws InputError.
    void make();
    /// All is written.
    void keep() { m_made = false; }

private:
    void take_away_new_names() const;

    std::string m_folder;         ///< without a '/' at its end
    bool m_holds_dataset = false; ///< or the beginning of one
    bool m_was_there = false;
    bool m_made = false;
    std::set<std::string> m_others; ///< what else is in it
};

} // namespace tiledir::driver
