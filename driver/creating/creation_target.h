// The folder in which a dataset is made.
#pragma once

#include "driver/files/dataset_files.h"

#include <optional>
#include <set>
#include <string>

namespace tiledir::driver
{

/// What was written into it is taken away again where the dataset does not come to be. A dataset that is there stays
/// until its successor is whole, which is made in another place.
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
    /// Where it is to be made; all else than the folder where that holds a whole dataset.
    const std::string &place() const { return m_place; }
    bool was_there() const { return m_was_there; }
    /// The last part of the folder's name.
    std::string name() const;
    /// Deletes what a killed creation has left, makes the place. Throws InputError.
    void make();
    /// All is written: the folder stays.
    void keep() { m_made = false; }

private:
    void check_dataset() const;
    void refuse_if_made(const std::optional<UnfinishedDataset> &unfinished) const;
    void take_away_new_names() const;

    std::string m_folder; ///< without a '/' at its end
    std::string m_place;
    bool m_holds_beginning = false; ///< of a dataset
    bool m_was_there = false;
    bool m_made = false;
    std::set<std::string> m_others; ///< what else is in it
};

} // namespace tiledir::driver
