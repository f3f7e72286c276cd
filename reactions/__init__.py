"""What an event or the passing of time leads to: pure rules, whose commands go the way of everybody's."""
